import type { AccessPowers } from '../api/access/powers.ts'
import { type ListenPlace, urlOfPlace } from '../api/listen-place.ts'
import { paths } from '../contract/protocol.ts'
import { readAccessFile } from '../drivers/directory/access-file.ts'
import { Argon2Passwords } from '../drivers/password/argon2.ts'
import { type AccessSettings, noAccessSettings } from '../model/access-settings.ts'
import { faultData } from '../model/fault.ts'
import type { Directory, OpenId } from '../ports/directory.ts'
import type { Log } from '../ports/log.ts'
import type { Daemon } from './daemon.ts'

/** Where this daemon is reached over the network. */
export interface ReachedAt {
  readonly places: readonly ListenPlace[]
  /** What people type into their browsers, as it was given. */
  readonly url: URL | null
}

export const noPlaces: ReachedAt = { places: [], url: null }

/** What this daemon gives its API for who may come in. */
export function accessPowers(
  { audit, host }: Pick<Daemon, 'audit' | 'host'>,
  { places, url }: ReachedAt,
  settings: AccessSettings,
  log: Log,
): AccessPowers {
  const found = places.flatMap((place) => urlOfPlace(place, host) ?? [])
  const urls = [...new Set(url === null ? found : [url.origin, ...found])]
  return {
    passwords: new Argon2Passwords(),
    audit,
    directory: directoryOf(settings, log),
    openId: openIdOf(settings, urls[0] ?? null, log),
    urls: () => urls,
  }
}

/** Loaded by the first who signs in that way. */
function directoryOf({ ldap, roles }: AccessSettings, log: Log): AccessPowers['directory'] {
  if (ldap === null) return null
  let made: Promise<Directory> | null = null
  return () => {
    made ??= import('../drivers/directory/ldap.ts').then(({ LdapDirectory }) => new LdapDirectory(ldap, roles, log))
    return made
  }
}

function openIdOf({ openid, roles }: AccessSettings, url: string | null, log: Log): AccessPowers['openId'] {
  if (openid === null) return null
  if (url === null) {
    log.error('nobody comes in by OpenID: the provider has to know where to return to (VIGIA_URL)')
    return null
  }
  let made: Promise<OpenId> | null = null
  const load = (): Promise<OpenId> => {
    made ??= import('../drivers/directory/open-id.ts').then(
      ({ OpenIdProvider }) => new OpenIdProvider(openid, roles, `${url}${paths.openIdReturn}`, log),
    )
    return made
  }
  return { name: openid.name, load }
}

/** A mistake in it is told, and keeps nobody from watching over guests: nobody comes in that way. */
export async function accessSettings(path: string, log: Log): Promise<AccessSettings> {
  try {
    return await readAccessFile(path)
  } catch (error) {
    log.error('nobody comes in by a directory or provider', { fault: faultData(error) })
    return noAccessSettings
  }
}
