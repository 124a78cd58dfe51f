import { Fault } from '../../model/fault.ts'
import type { GuestReading, HostReading } from '../../model/reading.ts'
import type { HypervisorNode } from '../../ports/hypervisor.ts'
import type { Meter } from '../../ports/meter.ts'
import type { MachineRoom } from '../machine-room.ts'
import type { Timeline } from '../timeline.ts'

export interface FakeMeterOptions {
  readonly timeline: Timeline
  readonly room: MachineRoom
  readonly node: HypervisorNode
  /** The hypervisor cannot be asked now. */
  readonly lost: () => boolean
}

/** How long a reading takes. */
const tookMs = 5

/** Of a second of a machine that runs: milliseconds of processor, bytes of each kind. */
const perSecond = {
  cpuMs: 100,
  diskReadBytes: 1_000,
  diskWrittenBytes: 2_000,
  netReceivedBytes: 3_000,
  netSentBytes: 4_000,
}

interface Counter {
  readonly run: string
  readonly sinceMs: number
  readonly ranMs: number
}

/** Measures pretend machines: each that runs is as busy as any other, one that is paused does nothing. It outlives daemons. */
export class FakeMeter {
  readonly #options: FakeMeterOptions
  #counters = new Map<string, Counter>()
  #allRanMs = 0

  constructor(options: FakeMeterOptions) {
    this.#options = options
  }

  port(): Meter {
    return {
      guests: () => this.#later(() => this.#guests()),
      host: () => this.#later(() => this.#host()),
    }
  }

  #guests(): GuestReading[] {
    if (this.#options.lost()) throw new Fault('hypervisor-lost', 'not-done', { action: 'meter' })
    this.#advance()
    const up = this.#options.room.all().filter((machine) => machine.up)
    return up.map(({ spec, memoryMib }) => {
      const { run, ranMs } = this.#counters.get(spec.name)!
      return {
        ...{ domain: spec.name, run, ...countersAfter(ranMs) },
        memoryGivenMib: memoryMib,
        memoryUsedMib: Math.floor(memoryMib / 2),
      }
    })
  }

  #host(): HostReading {
    this.#advance()
    const { timeline, room, node } = this.#options
    const { cpuMs, ...traffic } = countersAfter(this.#allRanMs)
    const usedMib = room.all().reduce((sum, machine) => sum + (machine.up ? machine.memoryMib : 0), 0)
    return {
      ...traffic,
      ...{ cpuBusyTicks: cpuMs, cpuAllTicks: timeline.nowMs * node.cpus },
      ...{ memoryTotalMib: node.memoryMib, memoryUsedMib: usedMib },
    }
  }

  #advance(): void {
    const { timeline, room } = this.#options
    const now = timeline.nowMs
    const next = new Map<string, Counter>()
    for (const { spec, starts, state } of room.all()) {
      if (state.run === 'stopped') continue
      const run = String(starts)
      const before = this.#counters.get(spec.name)
      const known = before?.run === run ? before : { run, sinceMs: now, ranMs: 0 }
      const ranMs = known.ranMs + (state.run === 'running' ? now - known.sinceMs : 0)
      this.#allRanMs += ranMs - known.ranMs
      next.set(spec.name, { run, sinceMs: now, ranMs })
    }
    this.#counters = next
  }

  #later<T>(read: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#options.timeline.after(tookMs, () => {
        try {
          resolve(read())
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)))
        }
      })
    })
  }
}

function countersAfter(ranMs: number): typeof perSecond {
  const after = (amount: number): number => Math.floor((amount * ranMs) / 1_000)
  return {
    cpuMs: after(perSecond.cpuMs),
    diskReadBytes: after(perSecond.diskReadBytes),
    diskWrittenBytes: after(perSecond.diskWrittenBytes),
    netReceivedBytes: after(perSecond.netReceivedBytes),
    netSentBytes: after(perSecond.netSentBytes),
  }
}
