import type { Examined } from '../api/powers.ts'
import { resolveName } from '../drivers/address/names.ts'
import { askRemoteLibvirt, type RemoteAnswer } from '../drivers/host/remote-libvirt.ts'
import { hostCpuIn } from '../drivers/libvirt/host-cpu.ts'
import { knock, libvirtAddress } from '../drivers/libvirt/migration-target.ts'

/** What the checks ask of the world; replaced in tests. */
export interface MigrationWorld {
  resolve(name: string): Promise<readonly string[]>
  knock(uri: string): Promise<void>
  ask(uri: string): Promise<RemoteAnswer>
  nowMs(): number
}

/** A name that takes longer than this is not in the hosts file: it stands or falls with a name server. */
const nameLimitMs = 1_000

/** For a connect within one site. */
const knockLimitMs = 1_500

const realWorld: MigrationWorld = {
  resolve: resolveName,
  knock: (uri) => knock(libvirtAddress(uri), knockLimitMs),
  ask: askRemoteLibvirt,
  nowMs: () => performance.now(),
}

export interface OwnHost {
  /** As the system calls it. Null: it is looked at elsewhere. */
  readonly hostname: string | null
  /** As `Hypervisor.hostCpu` tells it. */
  readonly cpu: string | null
  /** How libvirt of a member is reached. Null: these are no members, only names of the cluster file. */
  readonly uriOf?: ((host: string) => string | null) | null
}

/** What would keep guests from moving from this host to `others`, or slow them down. Nothing where there are none. Never throws. */
export async function migrationChecks(
  own: OwnHost,
  others: readonly string[],
  world: MigrationWorld = realWorld,
): Promise<Examined[]> {
  if (others.length === 0) return []
  const found = await Promise.all(others.map((other) => otherChecks(own, other, world)))
  return [...(own.hostname === null ? [] : [await ownName(own.hostname, world)]), ...found.flat()]
}

/** libvirt looks its own name up at every migration, and waits for whoever is to answer. */
async function ownName(name: string, world: MigrationWorld): Promise<Examined> {
  const known = await resolves(name, world)
  return known
    ? check('host-name', 'pass', name, { name })
    : check('host-name', 'warn', name, { name, limitMs: nameLimitMs })
}

async function otherChecks(own: OwnHost, other: string, world: MigrationWorld): Promise<Examined[]> {
  const told = own.uriOf?.(other) ?? null
  // A witness takes no guests.
  if (own.uriOf != null && told === null) return []
  const name = told === null ? other : hostIn(told)
  if (name === null) return [check('other-libvirt', 'fail', other, { name: other })]
  if (!(await resolves(name, world))) return [check('other-name', 'fail', other, { name, limitMs: nameLimitMs })]
  const uri = await answeringUri(told === null ? urisOf(other) : [told], world)
  if (uri === null) return [check('other-libvirt', 'fail', other, { name: other })]
  const answer = await world.ask(uri)
  if (answer.kind === 'refused') return [check('other-trust', 'fail', other, { name: other, uri, text: answer.text })]
  const reached = check('other-libvirt', 'pass', other, { name: other, uri })
  return answer.kind === 'answered' ? [reached, ...cpuCheck(own, other, hostCpuIn(answer.capabilities))] : [reached]
}

/** Nothing to say where one of them does not tell. */
function cpuCheck(own: OwnHost, other: string, theirs: string | null): Examined[] {
  if (own.cpu === null || theirs === null) return []
  return [check('other-cpu', own.cpu === theirs ? 'pass' : 'warn', other, { name: other })]
}

async function resolves(name: string, world: MigrationWorld): Promise<boolean> {
  const since = world.nowMs()
  const addresses = await world.resolve(name)
  return addresses.length > 0 && world.nowMs() - since <= nameLimitMs
}

/** Null: it goes another way than over the network, so no guest can. */
function hostIn(uri: string): string | null {
  try {
    return libvirtAddress(uri).host
  } catch {
    // The sentence about it says what is expected.
    return null
  }
}

/** Encrypted first. */
function urisOf(other: string): string[] {
  return ['tls', 'tcp'].map((transport) => `qemu+${transport}://${other}/system`)
}

/** Null: nobody listens. */
async function answeringUri(uris: readonly string[], world: MigrationWorld): Promise<string | null> {
  for (const uri of uris) {
    const open = await world.knock(uri).then(
      () => true,
      () => false,
    )
    if (open) return uri
  }
  return null
}

function check(id: string, result: Examined['result'], subject: string, details: Examined['details']): Examined {
  return { id, result, subject, details, fault: null }
}
