import { Fault } from '../../model/fault.ts'
import type { HostId } from '../../model/ids.ts'
import type { Fencer, Power } from '../../ports/fencer.ts'
import type { Dice } from '../dice.ts'
import type { FenceDeviceMode } from '../scenario/scenario.ts'
import type { Timeline } from '../timeline.ts'

/** What a pretend fence device switches: the power of one host. */
export interface PowerOutlet {
  readonly powered: boolean
  powerOn(): void
  /** The power is taken while it is on. */
  fence(): void
}

/** Each host that has a device has this one. */
export const fakeFenceDevice = 'fence_fake'

/** A device that is there answers within so long. */
const latencyMs = { least: 50, most: 400 }

/** How long an answer is waited for, as the driver does by default. */
const deadlineMs = 20_000

/**
 * Fence devices of a pretend world, one a host, on a network of their own.
 *
 * Modes: `works`; `fails` = a command errs whatever it did (the dice say whether it did), the power reads true; `lies` = a command says done and
 * did nothing, the power reads true; `dead` = no answer, and nothing is done.
 */
export class FakeFencer {
  /** Absent: works. */
  readonly modes = new Map<HostId, FenceDeviceMode>()
  /** Whether a daemon on `from` reaches the device of `to`. */
  reaches: (from: HostId | null, to: HostId) => boolean = () => true
  readonly #timeline: Timeline
  readonly #dice: Dice
  readonly #outlets = new Map<HostId, PowerOutlet>()

  constructor(timeline: Timeline, dice: Dice) {
    this.#timeline = timeline
    this.#dice = dice
  }

  /** Gives this host a device. A host without one has none to be fenced by. */
  add(host: HostId, outlet: PowerOutlet): void {
    this.#outlets.set(host, outlet)
  }

  /** The port as a daemon on this host uses it. What a daemon sent before it died still happens. */
  port(from: HostId | null = null): Fencer {
    return {
      devices: (host) => (this.#outlets.has(host) ? [fakeFenceDevice] : []),
      off: (host, device) =>
        this.#switch(from, host, device, 'power-off', (outlet) => {
          if (outlet.powered) outlet.fence()
        }),
      on: (host, device) => this.#switch(from, host, device, 'power-on', (outlet) => outlet.powerOn()),
      read: (host, device) => this.#read(from, host, device),
      check: async (host, device) => void this.#outlet(host, device),
    }
  }

  async #switch(
    from: HostId | null,
    host: HostId,
    device: string,
    action: string,
    effect: (outlet: PowerOutlet) => void,
  ): Promise<void> {
    const outlet = this.#outlet(host, device)
    const mode = await this.#reach(from, host, device, action)
    if (mode === 'works' || (mode === 'fails' && this.#dice.chance(0.5))) effect(outlet)
    await this.#timeline.sleep(this.#latencyMs())
    if (mode === 'fails') {
      throw new Fault('fence-failed', 'unknown', { host, device, action, text: 'the command failed' })
    }
  }

  async #read(from: HostId | null, host: HostId, device: string): Promise<Power> {
    const outlet = this.#outlet(host, device)
    await this.#reach(from, host, device, 'power-status')
    const power = outlet.powered ? 'on' : 'off'
    await this.#timeline.sleep(this.#latencyMs())
    return power
  }

  /** The question arrives half-way; how the device is then decides. */
  async #reach(from: HostId | null, host: HostId, device: string, action: string): Promise<FenceDeviceMode> {
    await this.#timeline.sleep(this.#latencyMs())
    const mode = this.modes.get(host) ?? 'works'
    if (mode !== 'dead' && this.reaches(from, host)) return mode
    await this.#timeline.sleep(deadlineMs)
    throw new Fault('fence-failed', 'unknown', { host, device, action, limitMs: deadlineMs })
  }

  #outlet(host: HostId, device: string): PowerOutlet {
    const outlet = device === fakeFenceDevice ? this.#outlets.get(host) : undefined
    if (outlet === undefined) throw new Fault('fence-absent', 'not-done', { host, device })
    return outlet
  }

  #latencyMs(): number {
    return this.#dice.between(latencyMs.least, latencyMs.most) / 2
  }
}
