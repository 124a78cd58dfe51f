import type { CompiledCluster } from '../core/graph.ts'
import { type ExternalNeed, needText } from '../model/need.ts'
import type { Verdict } from '../model/observation.ts'
import { spread } from './guest-services.ts'
import type { AgentPorts } from './ports.ts'
import { ServiceWatch } from './service-watch.ts'

/** Services outside the cluster file that its guests need: each probed once, as long as the file names it. */
export class ExternalServices {
  readonly #ports: AgentPorts
  readonly #changed: () => void
  #watches = new Map<string, ServiceWatch>()

  constructor(ports: AgentPorts, changed: () => void) {
    this.#ports = ports
    this.#changed = changed
  }

  get verdicts(): Readonly<Record<string, Verdict>> {
    return Object.fromEntries([...this.#watches].map(([text, watch]) => [text, watch.verdict]))
  }

  respecify(cluster: CompiledCluster | null): void {
    const wished = new Map<string, ExternalNeed>()
    for (const guest of cluster?.order ?? []) {
      for (const need of guest.spec.needs) if (need.kind === 'external') wished.set(needText(need), need)
    }
    for (const [text, watch] of this.#watches) {
      if (wished.has(text)) continue
      watch.stop()
      this.#watches.delete(text)
    }
    for (const [text, need] of wished) if (!this.#watches.has(text)) this.#watches.set(text, this.#watch(text, need))
  }

  stop(): void {
    for (const watch of this.#watches.values()) watch.stop()
    this.#watches.clear()
  }

  #watch(text: string, need: ExternalNeed): ServiceWatch {
    const watch = new ServiceWatch({
      clock: this.#ports.clock,
      prober: this.#ports.prober,
      policy: need.probePolicy,
      offsetMs: spread(text, need.probePolicy.intervalMs),
      changed: this.#changed,
      impossible: (fault) => this.#ports.log.warn('external need cannot be probed', { need: text, fault: fault.code }),
    })
    const { address, port, protocol, probe } = need
    watch.watch({ address, port, protocol, probe, domain: null })
    return watch
  }
}
