import assert from 'node:assert/strict'
import type { LabGuest } from '../../../lab/guest.ts'
import type { LabHost } from '../../../lab/host.ts'
import { type Lab, startLab } from '../../../lab/lab.ts'
import { until } from '../../../lab/run.ts'
import { SilenceMeter } from '../../../lab/silence.ts'
import type { Silence } from '../../../lab/silence-inside.ts'
import { openLibvirt } from '../../../src/drivers/libvirt/driver.ts'
import type { knock } from '../../../src/drivers/libvirt/migration-target.ts'
import { hostId } from '../../../src/model/ids.ts'
import type { Hypervisor, MigrationOptions, MigrationTarget } from '../../../src/ports/hypervisor.ts'

/** Generous: emulated guests on a busy machine are slow. */
export const bootLimitMs = 180_000

/** For a migration that was asked for to send its first bytes. */
const beginLimitMs = 60_000

export type HostName = 'h1' | 'h2'

export const plainly: MigrationOptions = { bandwidthMib: null, tls: false, timeLimitMs: null, onTimeLimit: 'cancel' }

/** MiB a second at which a guest of the lab takes half a minute to move: time enough for something to happen. */
export const slowly: MigrationOptions = { ...plainly, bandwidthMib: 2 }

/** Two lab hosts, and the libvirt of each as the product speaks to it. */
export class TwoHosts {
  readonly lab: Lab
  readonly #hypervisors: Record<HostName, Hypervisor>

  private constructor(lab: Lab, hypervisors: Record<HostName, Hypervisor>) {
    this.lab = lab
    this.#hypervisors = hypervisors
  }

  /** `name`: a few letters; the process number is added, so that two runs never meet. */
  static async start(name: string): Promise<TwoHosts> {
    const lab = await startLab({ id: `${name}${process.pid.toString(36)}`, hosts: 2 })
    try {
      return new TwoHosts(lab, { h1: await hypervisorOf(lab.host('h1')), h2: await hypervisorOf(lab.host('h2')) })
    } catch (error) {
      await lab.stop()
      throw error
    }
  }

  async stop(): Promise<void> {
    for (const hypervisor of Object.values(this.#hypervisors)) await hypervisor.close()
    await this.lab.stop()
  }

  host(name: HostName): LabHost {
    return this.lab.host(name)
  }

  on(name: HostName): Hypervisor {
    return this.#hypervisors[name]
  }

  /** Starts a transient guest and waits for its first service. */
  async boot(host: HostName, guest: LabGuest): Promise<void> {
    await this.lab.startGuest(host, guest)
    await this.up(guest)
  }

  async up({ address }: LabGuest): Promise<void> {
    assert.equal((await this.lab.client.wait(address, 22, bootLimitMs)).verdict, 'answered')
  }

  /** Takes its power, wherever it is; of a host that does not answer that is not asked, so that what went wrong there shows. */
  async end(name: string): Promise<void> {
    for (const host of ['h1', 'h2'] as const) {
      await this.on(host)
        .destroy(name)
        .catch(() => {})
    }
  }

  /** `running`, `paused`, `stopped` on each host; null where it does not exist. */
  async places(name: string): Promise<Record<HostName, string | null>> {
    const run = async (host: HostName) => (await this.on(host).look(name))?.run ?? null
    return { h1: await run('h1'), h2: await run('h2') }
  }

  /** Resolves when so many bytes have left the source. */
  async sending(host: HostName, name: string, bytes = 1): Promise<void> {
    await until(`${name} on its way`, beginLimitMs, async () => {
      return ((await this.on(host).migrationProgress(name))?.sentBytes ?? 0) >= bytes
    })
  }

  /** What a client sees of a guest while something is done to it. */
  async listening(guest: LabGuest, run: () => Promise<void>): Promise<Silence & { tookMs: number }> {
    const meter = await SilenceMeter.start(this.lab.client.namespace, guest.address)
    const start = performance.now()
    try {
      await run()
      const tookMs = performance.now() - start
      return { ...(await meter.stop()), tookMs }
    } finally {
      meter.leave()
    }
  }
}

export function to(host: HostName): MigrationTarget {
  return { host: hostId(host), uri: `qemu+tcp://${host}/system`, dataUri: null }
}

async function hypervisorOf(host: LabHost): Promise<Hypervisor> {
  return openLibvirt({ socketPath: host.libvirtSocket, uri: 'qemu:///system', knock: knockFrom(host) })
}

/** This process is outside the lab's network; who knocks has to be on the host, as vigiad would be. */
function knockFrom(host: LabHost): typeof knock {
  return async ({ host: name, port }, timeoutMs) => {
    const ran = await host.run('timeout', [`${timeoutMs / 1000}`, 'bash', '-c', `: < /dev/tcp/${name}/${port}`])
    if (ran.status !== 0) throw new Error(`${name}:${port}: ${ran.stderr.trim() || 'no answer'}`)
  }
}
