import type { AccessPowers } from '../api/access/powers.ts'
import { type ListenPlace, urlOfPlace } from '../api/listen-place.ts'
import { Argon2Passwords } from '../drivers/password/argon2.ts'
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
): AccessPowers {
  const found = places.flatMap((place) => urlOfPlace(place, host) ?? [])
  const urls = [...new Set(url === null ? found : [url.origin, ...found])]
  return { passwords: new Argon2Passwords(), audit, directory: null, openId: null, urls: () => urls }
}
