import { access, constants } from 'node:fs/promises'
import type { Examined } from '../api/powers.ts'
import { faultData } from '../model/fault.ts'
import type { GuestSpec } from '../model/guest.ts'
import type { Daemon } from './daemon.ts'

/** A hypervisor that hangs must not hang the examination. */
const limitMs = 10_000

/** What only the daemon can see of its host; `vigia doctor` asks for it. Never throws. */
export async function examine(daemon: Daemon): Promise<readonly Examined[]> {
  const found: Examined[] = []
  found.push(...(await checked('hypervisor', null, () => hypervisor(daemon))))
  const guests = daemon.leader.snapshot().cluster?.guests ?? []
  for (const guest of guests) {
    found.push(...(await checked('domain', guest.id, () => domain(daemon, guest))))
    found.push(...(await checked('disks', guest.id, () => disks(guest))))
    found.push(...address(daemon, guest))
  }
  return found
}

async function checked(id: string, subject: string | null, check: () => Promise<Examined[]>): Promise<Examined[]> {
  try {
    return await within(limitMs, check())
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

async function disks(guest: GuestSpec): Promise<Examined[]> {
  if (guest.source.kind !== 'defined') return []
  const missing: string[] = []
  for (const disk of guest.source.definition.disks) {
    if (disk.createMib !== null) continue
    await access(disk.path, constants.R_OK).catch(() => missing.push(disk.path))
  }
  if (missing.length === 0) return [pass('disks', guest.id, {})]
  return [{ id: 'disks', result: 'fail', subject: guest.id, details: { missing }, fault: null }]
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

function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
