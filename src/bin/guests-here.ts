import type { Agent } from '../agent/agent.ts'
import { figuresOf } from '../core/metrics/range.ts'
import { withoutSecrets } from '../drivers/libvirt/without-secrets.ts'
import { Fault } from '../model/fault.ts'
import { type NewestFigures, type Stretch, type Subject, seriesOf } from '../model/metric.ts'
import type { HostGuests, LineWish } from '../ports/host-guests.ts'
import type { ConsoleLine, Hypervisor } from '../ports/hypervisor.ts'
import type { Metrics } from '../ports/metrics.ts'

/** Lines to guests of this host, whoever opened them: each serial console holds a connection to libvirt. */
export const maxLines = 16

export interface GuestsHereOptions {
  readonly metrics: Metrics
  readonly hypervisor: Hypervisor
  readonly agent: Pick<Agent, 'newestFigures'>
}

/** What this host tells of its guests, to its own API and to those of other members. */
export class GuestsHere implements HostGuests {
  readonly #options: GuestsHereOptions
  #lines = 0

  constructor(options: GuestsHereOptions) {
    this.#options = options
  }

  async figures(subject: Subject, { tier, from, count, group }: Stretch): Promise<(number | null)[][]> {
    const codes = await this.#options.metrics.read(subject, tier, from, count)
    return figuresOf(codes, seriesOf[subject.kind].length, group)
  }

  async newest(): Promise<NewestFigures | null> {
    return this.#options.agent.newestFigures()
  }

  async definition(domain: string): Promise<string | null> {
    const xml = await this.#options.hypervisor.definition(domain)
    return xml === null ? null : withoutSecrets(xml)
  }

  async openLine({ domain, kind, force }: LineWish): Promise<ConsoleLine> {
    if (this.#lines >= maxLines) throw new Fault('limit-reached', 'not-done', { limit: maxLines, what: 'consoles' })
    this.#lines += 1
    const { hypervisor } = this.#options
    try {
      const line = await (kind === 'vnc' ? hypervisor.graphics(domain) : hypervisor.console(domain, force))
      return this.#counted(line)
    } catch (error) {
      this.#lines -= 1
      throw error
    }
  }

  #counted(line: ConsoleLine): ConsoleLine {
    let open = true
    const over = (): void => {
      if (open) this.#lines -= 1
      open = false
    }
    async function* output(): AsyncGenerator<Uint8Array> {
      try {
        yield* line.output
      } finally {
        over()
      }
    }
    return {
      output: output(),
      write: (bytes) => line.write(bytes),
      close: () => {
        over()
        line.close()
      },
    }
  }
}
