import { execFile, spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Log } from '../../ports/log.ts'

/** Perl is on every Debian (`perl-base` is Essential). */
const perl = '/usr/bin/perl'

const program = join(import.meta.dirname, 'feeder.pl')

/** Longest wait for systemd to take the order. */
const unitLimitMs = 5_000

export interface FeederPlace {
  readonly socket: string
  /**
   * The unit that runs it (`vigia-watchdog.service`). Null: it is started as a process of its own; fit where nobody ends the processes
   * that a daemon leaves behind, which systemd does.
   */
  readonly unit: string | null
}

/** Starts a feeder, which then listens on its socket. One that is there already stays. Never throws: who needs it sees whether it listens. */
export async function startFeeder(place: FeederPlace, log: Log): Promise<void> {
  if (place.unit !== null) {
    const failed = await startUnit(place.unit)
    if (failed === null) return
    log.warn('the unit of the watchdog feeder does not start; it is started beside vigiad and would end with it', {
      unit: place.unit,
      text: failed,
    })
  }
  try {
    mkdirSync(dirname(place.socket), { recursive: true, mode: 0o700 })
    const args = [program, '--socket', place.socket, '--spawned']
    // A session of its own and no output of ours: it outlives this process.
    const child = spawn(perl, args, { cwd: '/', detached: true, stdio: 'ignore', env: { PATH: '/usr/bin:/bin' } })
    child.on('error', (error) => log.error('the watchdog feeder cannot be started', { text: error.message }))
    child.unref()
  } catch (error) {
    log.error('the watchdog feeder cannot be started', { text: (error as Error).message })
  }
}

/** Null: done. */
function startUnit(unit: string): Promise<string | null> {
  return new Promise((resolve) => {
    execFile('systemctl', ['start', unit], { timeout: unitLimitMs }, (error, _out, complaint) =>
      resolve(error === null ? null : complaint.trim() || error.message),
    )
  })
}
