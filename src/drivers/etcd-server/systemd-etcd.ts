import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { Fault } from '../../model/fault.ts'
import { type EtcdProcess, writeEnvironment } from './process.ts'

const unit = 'vigia-etcd.service'

/** systemd answers at once unless it is in trouble itself: etcd is not waited for here. */
const systemctlMs = 30_000

/** etcd as a unit of its own, which reads its settings from the folder. What `vigia cluster` uses on a host run by systemd. */
export class SystemdEtcd implements EtcdProcess {
  readonly #folder: string
  readonly #systemctl: string

  constructor(folder: string, systemctl = 'systemctl') {
    this.#folder = folder
    this.#systemctl = systemctl
  }

  async running(): Promise<boolean> {
    try {
      await this.#run('is-active', '--quiet', unit)
      return true
    } catch (error) {
      // 3: known, and not active. 4: unknown.
      if (error instanceof Fault && [3, 4].includes(Number(error.details.got))) return false
      throw error
    }
  }

  async start(environment: Readonly<Record<string, string>>): Promise<void> {
    await writeEnvironment(this.#folder, environment)
    await this.#run('enable', unit)
    await this.#run('start', '--no-block', unit)
  }

  async stop(): Promise<void> {
    await this.#run('disable', '--now', unit)
  }

  async #run(...args: readonly string[]): Promise<void> {
    try {
      await promisify(execFile)(this.#systemctl, [...args], { timeout: systemctlMs })
    } catch (cause) {
      const { code, stderr, message } = cause as Error & { readonly code?: number | string; readonly stderr?: string }
      const details = {
        path: `systemctl ${args.join(' ')}`,
        got: String(code),
        text: (stderr || message).slice(0, 300),
      }
      throw new Fault('refused', 'unknown', details, { cause })
    }
  }
}
