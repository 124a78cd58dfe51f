import { access, constants } from 'node:fs/promises'
import type { Examined } from '../api/powers.ts'
import { nothingExpected, statusData } from '../core/views/status.ts'
import { swapMib } from '../drivers/host/machine.ts'
import { faultData } from '../model/fault.ts'
import type { GuestSpec } from '../model/guest.ts'
import type { Daemon } from './daemon.ts'
import { diskPaths } from './guest-disks.ts'
import { migrationChecks } from './migration-checks.ts'
import { stateChecks } from './state-check.ts'
import { within } from './within.ts'

/** A hypervisor that hangs must not hang the examination. */
const limitMs = 10_000

/** Each part of it has a limit of its own; this is their sum. */
const clusterLimitMs = 25_000

/** What only the daemon can see of its host; `vigia doctor` asks for it. Never throws. */
export async function examine(daemon: Daemon): Promise<readonly Examined[]> {
  // Others are asked while this host looks at itself.
  const cluster = checked('cluster', null, daemon.clusterChecks, clusterLimitMs)
  const found: Examined[] = []
  found.push(...(await checked('hypervisor', null, () => hypervisor(daemon))))
  found.push(...(await checked('state', null, () => stateChecks(daemon.stateDirectory, 'vigiad'))))
  found.push(...memory(daemon))
  found.push(...(await checked('migration', null, () => migration(daemon))))
  for (const guest of guestsHere(daemon)) {
    found.push(...(await checked('domain', guest.id, () => domain(daemon, guest))))
    found.push(...(await checked('disks', guest.id, () => disks(daemon, guest))))
    found.push(...address(daemon, guest))
  }
  return [...found, ...(await cluster)]
}

/** Those of this host, and those that are nobody's yet: what another host has is its own daemon's to look at. */
function guestsHere({ leader, host }: Daemon): readonly GuestSpec[] {
  const { cluster, records } = leader.snapshot()
  return (cluster?.guests ?? []).filter(({ id }) => (records.get(id)?.owner ?? host) === host)
}

/** Of a cluster each host is asked for its own name and CPU by its daemon (see cluster-checks.ts). */
async function migration({ leader, host, hypervisor: port, libvirtUriOf: uriOf }: Daemon): Promise<Examined[]> {
  const others = (leader.snapshot().cluster?.hosts ?? []).map(({ id }) => id).filter((id) => id !== host)
  if (others.length === 0) return []
  if (uriOf !== null) return migrationChecks({ hostname: null, cpu: null, uriOf }, others)
  const [{ hostname }, cpu] = [await port.node(), await port.hostCpu()]
  return migrationChecks({ hostname, cpu, uriOf }, others)
}

async function checked(
  id: string,
  subject: string | null,
  check: () => Promise<Examined[]>,
  atMostMs = limitMs,
): Promise<Examined[]> {
  try {
    return await within(atMostMs, check())
  } catch (error) {
    const fault = faultData(error)
    return [{ id, result: 'fail', subject, details: fault.details, fault }]
  }
}

async function hypervisor({ hypervisor: port }: Daemon): Promise<Examined[]> {
  const node = await port.node()
  const { kind, libraryVersion, memoryMib, cpus } = node
  return [pass('hypervisor', null, { kind, version: libraryVersion, memoryMib, cpus })]
}

/** S9: a watched guest that libvirt starts by itself may come up before the leader has said where it belongs. */
async function domain({ hypervisor: port }: Daemon, guest: GuestSpec): Promise<Examined[]> {
  if (guest.source.kind !== 'existing') return []
  const name = guest.source.domain
  if ((await port.look(name)) === null) {
    const fault = { code: 'domain-missing', outcome: 'not-done', details: { domain: name } } as const
    return [{ id: 'domain', result: 'fail', subject: guest.id, details: { domain: name }, fault }]
  }
  if (guest.wish === 'ignored' || !(await port.autostart(name))) return [pass('autostart', guest.id, { domain: name })]
  return [{ id: 'autostart', result: 'fail', subject: guest.id, details: { domain: name }, fault: null }]
}

async function disks(daemon: Daemon, guest: GuestSpec): Promise<Examined[]> {
  const paths = await diskPaths(daemon.hypervisor, guest, 'needed')
  if (paths.length === 0) return []
  const missing: string[] = []
  for (const path of paths) await access(path, constants.R_OK).catch(() => missing.push(path))
  if (missing.length === 0) return [pass('disks', guest.id, {})]
  return [{ id: 'disks', result: 'fail', subject: guest.id, details: { missing }, fault: null }]
}

/** What all running guests hold now, against what the host has: beyond it, the kernel decides who goes. */
function memory({ leader, host }: Daemon): Examined[] {
  const { hosts } = statusData(null, leader.snapshot(), nothingExpected)
  const own = hosts.find(({ id }) => id === host)
  if (own === undefined || own.memory.totalMib === null) return []
  const { totalMib, reservedMib, guestsMib, othersMib } = own.memory
  const givenMib = guestsMib + othersMib
  const roomMib = Math.max(0, totalMib - reservedMib)
  const swap = swapMib() ?? 0
  const kept: Examined['details'] = reservedMib > 0 ? { reservedMib } : {}
  if (givenMib <= roomMib) return [pass('memory', null, { givenMib, totalMib, ...kept })]
  if (swap === 0) return [{ id: 'memory', result: 'fail', subject: null, details: { givenMib, roomMib }, fault: null }]
  return [{ id: 'memory', result: 'warn', subject: null, details: { givenMib, roomMib, swapMib: swap }, fault: null }]
}

function address({ leader }: Daemon, guest: GuestSpec): Examined[] {
  if (guest.address.kind === 'fixed' || guest.services.length === 0) return []
  const { observations } = leader.snapshot()
  const seen = [...observations.values()].map((one) => one.observation.guests.get(guest.id)).find(Boolean)
  if (seen?.run !== 'running') return []
  if (seen.address !== null) return [pass('address', guest.id, { address: seen.address })]
  return [{ id: 'address', result: 'warn', subject: guest.id, details: { order: guest.address.order }, fault: null }]
}

function pass(id: string, subject: string | null, details: Examined['details']): Examined {
  return { id, result: 'pass', subject, details, fault: null }
}
