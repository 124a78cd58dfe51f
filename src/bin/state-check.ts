import { access, constants, stat } from 'node:fs/promises'
import type { DoctorCheck } from '../contract/doctor.ts'
import { freeMib } from '../drivers/host/machine.ts'
import type { FaultDetails } from '../model/fault.ts'

/** Below the first the history still fits for long; below the second not even a few days. */
const lowMib = 1024
const tooLowMib = 100

/** The folder of the daemon's state: there, ours, closed to others, with room. */
export async function stateChecks(path: string, user: string): Promise<DoctorCheck[]> {
  try {
    const { mode } = await stat(path)
    const checks = [await room(path)]
    if (!(await writable(path))) checks.push(check('state-rights', 'fail', { path, user }))
    if ((mode & 0o006) !== 0) checks.push(check('state-open', 'warn', { path, mode: (mode & 0o777).toString(8) }))
    return checks
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return [check('state-missing', 'warn', { path })]
    return [check('state-rights', 'fail', { path, user })]
  }
}

async function room(path: string): Promise<DoctorCheck> {
  const free = await freeMib(path)
  return check('state', free < tooLowMib ? 'fail' : free < lowMib ? 'warn' : 'pass', { path, freeMib: free })
}

async function writable(path: string): Promise<boolean> {
  return access(path, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  )
}

function check(id: string, result: DoctorCheck['result'], details: FaultDetails): DoctorCheck {
  return { id, result, subject: null, details, fault: null }
}
