import type { CompiledGuest } from '../core/graph.ts'
import type { FaultData } from '../model/fault.ts'
import type { ServiceKey } from '../model/ids.ts'
import type { Verdict } from '../model/observation.ts'
import type { ServiceSpec } from '../model/service.ts'
import type { ProbeOutcome, ProbeTarget } from '../ports/prober.ts'
import { sameFault } from './faults.ts'
import type { AgentPorts } from './ports.ts'
import { ServiceWatch } from './service-watch.ts'

export interface ServicesHooks {
  readonly changed: () => void
  readonly tell: (word: 'answers' | 'lost' | 'fault', details: { service?: string; fault?: FaultData }) => void
  /** Each answer to a probe, for measuring. */
  readonly probed?: (service: ServiceKey, outcome: ProbeOutcome) => void
}

/** An address that was not found is looked for again so often. */
const findAgainMs = 1_000

/** A guest whose service is lost may have another address by now: looked for again so often. */
const findAnewMs = 10_000

/** The services of one guest: probed while it runs and its address is known, each port once however many need it. */
export class GuestServices {
  readonly #ports: AgentPorts
  readonly #hooks: ServicesHooks
  #compiled: CompiledGuest
  #watches = new Map<string, ServiceWatch>()
  #targets = new Map<string, ProbeTarget>()
  #verdicts: Record<string, Verdict> = {}
  #impossible = new Map<string, FaultData>()
  #address: string | null = null
  #running = false
  #domain = ''
  #cancelFind: (() => void) | null = null
  #findRound = 0

  constructor(compiled: CompiledGuest, ports: AgentPorts, hooks: ServicesHooks) {
    this.#compiled = compiled
    this.#ports = ports
    this.#hooks = hooks
  }

  get verdicts(): Readonly<Record<string, Verdict>> {
    return this.#verdicts
  }

  get address(): string | null {
    const { address } = this.#compiled.spec
    return address.kind === 'fixed' ? address.address : this.#address
  }

  /** Follows the guest: probes begin when it runs, with nothing known, and end when it does not. */
  follow(running: boolean, domain: string): void {
    this.#domain = domain
    if (running === this.#running) return
    if (!running) {
      this.stop()
      return
    }
    this.#running = true
    this.#begin()
  }

  respecify(compiled: CompiledGuest): void {
    const wasRunning = this.#running
    const kept = sameServices(this.#compiled, compiled)
    this.#compiled = compiled
    if (kept) return
    this.stop()
    this.#running = wasRunning
    if (wasRunning) this.#begin()
  }

  stop(): void {
    this.#running = false
    this.#cancelFind?.()
    this.#cancelFind = null
    this.#findRound++
    for (const watch of this.#watches.values()) watch.stop()
    this.#watches.clear()
    this.#targets.clear()
    this.#verdicts = {}
    this.#address = null
    this.#impossible.clear()
  }

  #begin(): void {
    for (const service of this.#compiled.probed) {
      if (this.#reachable(service)) this.#watch(service)
    }
    if (this.address === null && this.#compiled.probed.some((service) => service.port !== null)) this.#find(0)
  }

  #reachable(service: ServiceSpec): boolean {
    return service.port === null || this.address !== null
  }

  #watch(service: ServiceSpec): void {
    let watch = this.#watches.get(service.key)
    if (!watch) {
      watch = new ServiceWatch({
        clock: this.#ports.clock,
        prober: this.#ports.prober,
        policy: service.probePolicy,
        offsetMs: spread(`${this.#compiled.id} ${service.key}`, service.probePolicy.intervalMs),
        changed: (verdict) => this.#changed(service, verdict),
        impossible: (fault) => this.#cannot(service, fault),
        probed: (outcome) => this.#hooks.probed?.(service.key, outcome),
      })
      this.#watches.set(service.key, watch)
    }
    watch.watch(this.#targetOf(service))
  }

  #targetOf(service: ServiceSpec): ProbeTarget {
    const address = this.address ?? ''
    const known = this.#targets.get(service.key)
    if (known && known.address === address) return known
    const { port, protocol, probe } = service
    const target = { address, port, protocol, probe, domain: this.#domain }
    this.#targets.set(service.key, target)
    return target
  }

  #changed(service: ServiceSpec, verdict: Verdict): void {
    const before = this.#verdicts[service.key]
    this.#verdicts = { ...this.#verdicts, [service.key]: verdict }
    // What has not answered yet is not lost: it is still coming up.
    if (verdict === 'answering') this.#hooks.tell('answers', { service: service.key })
    else if (before === 'answering') this.#hooks.tell('lost', { service: service.key })
    if (verdict !== 'answering' && this.#compiled.spec.address.kind === 'find' && this.#cancelFind === null) {
      this.#find(findAnewMs)
    }
    this.#hooks.changed()
  }

  #cannot(service: ServiceSpec, cause: FaultData): void {
    const fault = { ...cause, details: { ...cause.details, guest: this.#compiled.id, service: service.key } }
    if (sameFault(this.#impossible.get(service.key) ?? null, fault)) return
    this.#impossible.set(service.key, fault)
    this.#hooks.tell('fault', { service: service.key, fault })
  }

  #find(delayMs: number): void {
    const round = this.#findRound
    this.#cancelFind = this.#ports.clock.after(delayMs, () => {
      void this.#ports.addressFinder.find(this.#compiled.spec, this.#domain).then((address) => {
        if (round !== this.#findRound) return
        this.#cancelFind = null
        this.#found(address)
      })
    })
  }

  #found(address: string | null): void {
    if (address === null) {
      this.#find(findAgainMs)
      return
    }
    const changed = address !== this.#address
    this.#address = address
    for (const service of this.#compiled.probed) this.#watch(service)
    if (changed) this.#hooks.changed()
    if (Object.values(this.#verdicts).some((verdict) => verdict === 'refused' || verdict === 'silent'))
      this.#find(findAnewMs)
  }
}

function sameServices(a: CompiledGuest, b: CompiledGuest): boolean {
  return JSON.stringify([a.spec.address, a.probed]) === JSON.stringify([b.spec.address, b.probed])
}

/** A steady place within the interval for each name, so that questions are spread and no dice are needed. */
export function spread(name: string, intervalMs: number): number {
  let hash = 2_166_136_261
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 16_777_619) >>> 0
  return hash % Math.max(1, Math.floor(intervalMs))
}
