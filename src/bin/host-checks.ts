import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs'
import { userInfo } from 'node:os'
import { dirname } from 'node:path'
import type { DoctorCheck } from '../contract/doctor.ts'
import { clockSynchronised, virtualisation } from '../drivers/host/machine.ts'
import { processesOf } from '../drivers/host/processes.ts'
import { unitEnabled } from '../drivers/host/units.ts'
import { openLibvirt } from '../drivers/libvirt/driver.ts'
import { type FaultDetails, faultData } from '../model/fault.ts'
import { libvirtPlace } from './libvirt-place.ts'
import { stateChecks } from './state-check.ts'

/** As package.json's `engines` has it. */
const nodeWanted = 24

export interface HostChecksWish {
  readonly socketPath: string
  /** False: what the daemon would have looked at is looked at from here. */
  readonly daemonAnswers: boolean
}

/** The checks of `vigia doctor` that need no daemon. Never throws. */
export async function hostChecks(wish: HostChecksWish, env: NodeJS.ProcessEnv): Promise<DoctorCheck[]> {
  return [
    node(),
    ...socket(wish.socketPath),
    ...daemons(),
    ...(wish.daemonAnswers
      ? []
      : [await libvirt(env), ...(await stateChecks(env.VIGIA_STATE_DIR || '/var/lib/vigia', userName()))]),
    kvm(),
    ...units(),
    await clock(),
  ]
}

function node(): DoctorCheck {
  const version = process.versions.node
  const good = Number.parseInt(version, 10) >= nodeWanted
  return check('node', good ? 'pass' : 'fail', good ? { version } : { version, wanted: nodeWanted })
}

/** Nothing where there is no socket: that the daemon does not answer says it all. */
function socket(path: string): DoctorCheck[] {
  const user = userName()
  try {
    accessSync(path, constants.R_OK | constants.W_OK)
    return [check('socket', 'pass', { user })]
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') return []
    return [check('socket', 'fail', { user, socket: path, group: groupOf(path) })]
  }
}

/** The group of the socket, or of the folder that hides it. */
function groupOf(path: string): string {
  for (const place of [path, dirname(path)]) {
    try {
      return groupName(statSync(place).gid)
    } catch {
      // Hidden from us: its folder tells.
    }
  }
  return '?'
}

function groupName(gid: number): string {
  const lines = existsSync('/etc/group') ? readFileSync('/etc/group', 'utf8').split('\n') : []
  const found = lines.map((line) => line.split(':')).find((fields) => fields[2] === String(gid))
  return found?.[0] ?? String(gid)
}

function daemons(): DoctorCheck[] {
  const pids = processesOf('vigiad')
  if (pids.length === 0) return []
  if (pids.length === 1) return [check('daemons', 'pass', {})]
  return [check('daemons', 'fail', { count: pids.length, pids: pids.map(String) })]
}

async function libvirt(env: NodeJS.ProcessEnv): Promise<DoctorCheck> {
  const { socketPath, uri } = libvirtPlace(null, null, env)
  const hypervisor = await openLibvirt({ socketPath, uri })
  try {
    const { kind, libraryVersion: version, memoryMib, cpus } = await hypervisor.node()
    return check('hypervisor', 'pass', { kind, version, memoryMib, cpus })
  } catch (error) {
    return { ...check('hypervisor', 'fail', {}), fault: faultData(error) }
  } finally {
    await hypervisor.close()
  }
}

function kvm(): DoctorCheck {
  const found = virtualisation()
  return found === 'usable' ? check('kvm', 'pass', {}) : check(found, 'warn', {})
}

/** S9: who else takes guests up and down with the host. Nothing to say where systemd does not run it. */
function units(): DoctorCheck[] {
  const [theirs, ours] = [unitEnabled('libvirt-guests.service'), unitEnabled('vigia-guests.service')]
  if (theirs === null || ours === null) return []
  return [
    check('libvirt-guests', theirs ? (ours ? 'warn' : 'fail') : 'pass', {}),
    check('host-shutdown', ours ? 'pass' : 'warn', {}),
  ]
}

async function clock(): Promise<DoctorCheck> {
  const synchronised = await clockSynchronised()
  if (synchronised === null) return check('clock-unknown', 'warn', {})
  return check('clock', synchronised ? 'pass' : 'warn', {})
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    // A user without a name in the system still has a number.
    return String(process.getuid?.() ?? '')
  }
}

function check(id: string, result: DoctorCheck['result'], details: FaultDetails): DoctorCheck {
  return { id, result, subject: null, details, fault: null }
}
