import type { CompiledCluster } from '../core/graph.ts'
import { defaultAddressOrder, defaultGuestPolicy, type GuestSpec } from '../model/guest.ts'
import { guestId } from '../model/ids.ts'
import { type ExternalNeed, needText } from '../model/need.ts'
import type { Verdict } from '../model/observation.ts'
import { spread } from './guest-services.ts'
import type { AgentPorts } from './ports.ts'
import { ServiceWatch } from './service-watch.ts'

/** A name without an address is looked for again so often; one that has one, so often in case it moved. */
const findAgainMs = 1_000
const findAnewMs = 30_000

const numeric = /^[\d.]+$|:/

/** Services outside the cluster file that its guests need: each probed once, as long as the file names it. */
export class ExternalServices {
  readonly #ports: AgentPorts
  readonly #changed: () => void
  #watched = new Map<string, { readonly watch: ServiceWatch; stop: () => void }>()

  constructor(ports: AgentPorts, changed: () => void) {
    this.#ports = ports
    this.#changed = changed
  }

  get verdicts(): Readonly<Record<string, Verdict>> {
    return Object.fromEntries([...this.#watched].map(([text, { watch }]) => [text, watch.verdict]))
  }

  respecify(cluster: CompiledCluster | null): void {
    const wished = new Map<string, ExternalNeed>()
    for (const guest of cluster?.order ?? []) {
      for (const need of guest.spec.needs) if (need.kind === 'external') wished.set(needText(need), need)
    }
    for (const [text, watched] of this.#watched) {
      if (wished.has(text)) continue
      watched.stop()
      this.#watched.delete(text)
    }
    for (const [text, need] of wished) if (!this.#watched.has(text)) this.#begin(text, need)
  }

  stop(): void {
    for (const watched of this.#watched.values()) watched.stop()
    this.#watched.clear()
  }

  #begin(text: string, need: ExternalNeed): void {
    const watch = new ServiceWatch({
      clock: this.#ports.clock,
      prober: this.#ports.prober,
      policy: need.probePolicy,
      offsetMs: spread(text, need.probePolicy.intervalMs),
      changed: this.#changed,
      impossible: (fault) => this.#ports.log.warn('external need cannot be probed', { need: text, fault: fault.code }),
    })
    const { port, protocol, probe } = need
    const ask = (address: string): void => watch.watch({ address, port, protocol, probe, domain: null })
    const watched = { watch, stop: () => watch.stop() }
    this.#watched.set(text, watched)
    if (numeric.test(need.address)) ask(need.address)
    else this.#follow(need.address, watched, ask)
  }

  /** A name may be a machine of this hypervisor, launched from elsewhere: found as a guest's address is. */
  #follow(name: string, watched: { watch: ServiceWatch; stop: () => void }, ask: (address: string) => void): void {
    let over = false
    let cancel = (): void => {}
    const find = async (): Promise<void> => {
      const address = await this.#ports.addressFinder.find(outsider(name), name)
      if (over) return
      if (address !== null) ask(address)
      cancel = this.#ports.clock.after(address === null ? findAgainMs : findAnewMs, () => void find())
    }
    watched.stop = () => {
      over = true
      cancel()
      watched.watch.stop()
    }
    void find()
  }
}

/** As much of a guest as it takes to find an address. */
function outsider(name: string): GuestSpec {
  return {
    id: guestId(name),
    source: { kind: 'existing', domain: name },
    address: { kind: 'find', order: defaultAddressOrder },
    services: [],
    needs: [],
    wish: 'ignored',
    host: null,
    startAtBoot: false,
    priority: 0,
    tags: [],
    memory: { startMib: null, runMib: null, maxMib: null },
    cpus: null,
    policy: defaultGuestPolicy,
    failback: false,
    liveMigration: false,
  }
}
