import { type FencingPlan, fencingPlan, type ProofStep } from '../core/fencing.ts'
import { hostViews, silentForMs } from '../core/hosts.ts'
import { type LeaseTimes, leaseTimes } from '../core/lease-times.ts'
import type { EventWord } from '../model/event.ts'
import { faultData } from '../model/fault.ts'
import { agentLife, type HostId } from '../model/ids.ts'
import type { AliveRecord, LossRecord, Proof } from '../model/member.ts'
import type { ProofLack } from '../model/reason.ts'
import type { HostRecord } from '../model/record.ts'
import { storeKeys } from '../ports/store.ts'
import type { LeaderState } from './leader-state.ts'
import type { ClusterPorts, LeaderPorts } from './ports.ts'

/**
 * Proves silent hosts dead, beside the rounds (S2).
 * 1. A proof is written in a transaction that compares the leader's term and the lost host's own record (S1).
 * 2. One fence command at a time; each is counted before it is given (S6).
 * 3. What fails is planned anew from what is seen then; nothing is remembered but what is under way.
 */
export class Proofs {
  readonly #ports: LeaderPorts
  readonly #cluster: ClusterPorts
  readonly #state: LeaderState
  readonly #changed: () => void
  readonly #underWay = new Set<string>()
  #fencing: HostId | null = null
  #stopped = false

  constructor(ports: LeaderPorts, cluster: ClusterPorts, state: LeaderState, changed: () => void) {
    this.#ports = ports
    this.#cluster = cluster
    this.#state = state
    this.#changed = changed
  }

  stop(): void {
    this.#stopped = true
  }

  /** Plans, and begins what is not under way yet. */
  step(): void {
    const spec = this.#state.cluster?.spec
    const snapshot = this.#state.snapshot()
    const members = snapshot.members
    if (spec === undefined || members == null || this.#stopped) return
    const hosts = hostViews(spec, snapshot)!
    const times = leaseTimes(spec.settings.leaseMs)
    const plan = fencingPlan({
      snapshot: { ...snapshot, members },
      hosts,
      times,
      fenced: this.#state.fencing,
      devices: (host) => this.#cluster.fencer.devices(host),
      fencing: this.#fencing,
    })
    this.#tellLacks(plan)
    if (plan.resetCount) this.#once('reset', () => this.#resetCount())
    for (const step of plan.steps) this.#once(`${step.kind} ${step.host}`, () => this.#take(step, times))
  }

  #tellLacks({ lacks }: FencingPlan): void {
    const before = this.#state.lacks
    if (lacks.size === before.size && [...lacks].every(([host, lack]) => before.get(host) === lack)) return
    this.#state.lacks = new Map<HostId, ProofLack>(lacks)
    this.#changed()
  }

  #once(what: string, run: () => Promise<void>): void {
    if (this.#underWay.has(what)) return
    this.#underWay.add(what)
    run()
      .catch((error: unknown) => this.#ports.log.warn('a proof failed', { what, fault: faultData(error).code }))
      .finally(() => {
        this.#underWay.delete(what)
        if (!this.#stopped) this.#changed()
      })
  }

  async #take(step: ProofStep, times: LeaseTimes): Promise<void> {
    switch (step.kind) {
      case 'swear':
        return this.#swear(step.host, step.by)
      case 'quorum':
        return this.#byWatchdog(step.host, step.needed, times)
      case 'fence':
        this.#fencing = step.host
        try {
          await this.#byDevice(step.host)
        } finally {
          this.#fencing = null
        }
    }
  }

  async #swear(host: HostId, by: string): Promise<void> {
    const sworn = this.#state.snapshot().hostWishes.get(host)?.sworn
    const { revision } = await this.#aliveNow(host)
    if (sworn?.aliveRevision === revision) await this.#prove(host, { kind: 'sworn', by }, revision)
  }

  /** S2 (b): the statements first, each asked for within D / 2, then one read of the record, then the transaction that compares it. */
  async #byWatchdog(host: HostId, needed: number, times: LeaseTimes): Promise<void> {
    const { membership } = this.#cluster
    const before = membership.members().get(host)
    if (before === undefined) return
    // The lost host is among those who are asked and uses up all the time there is; the others' answers must still count then.
    const heard = await membership.askAll(times.marginMs / 4)
    const now = this.#ports.clock.now()
    const renewing = [...heard]
      .filter(([, { answer, askedAt }]) => answer.statement === 'renews' && now - askedAt <= times.marginMs / 2)
      .map(([member]) => member)
      .sort()
    if (renewing.length < needed || !renewing.includes(this.#ports.host)) return
    const { revision } = await this.#aliveNow(host)
    const after = membership.members().get(host)
    if (after?.revision !== revision || before.revision !== revision) return
    const renewingSince = membership.renewingSince()
    if (silentForMs(after, { renewingSince }, this.#ports.clock.now()) < times.leaseMs) return
    await this.#prove(host, { kind: 'watchdog', renewing }, revision)
  }

  /** S2 (a): what counts is what the device reads afterwards. */
  async #byDevice(host: HostId): Promise<void> {
    const bootId = this.#cluster.membership.members().get(host)?.alive?.bootId ?? null
    for (const device of this.#cluster.fencer.devices(host)) {
      if (this.#stopped) return
      const proof = await this.#offBy(host, device)
      if (proof === null) continue
      const { alive, revision } = await this.#aliveNow(host)
      // Booted anew meanwhile: the new boot is not what was taken.
      if ((alive?.bootId ?? null) !== bootId) return
      if (proof.commanded) this.#tell('fenced', host, device)
      return this.#prove(host, proof, revision)
    }
  }

  /** Null: this device proves nothing. */
  async #offBy(host: HostId, device: string): Promise<Extract<Proof, { kind: 'fence-device' }> | null> {
    const { fencer } = this.#cluster
    const power = () => fencer.read(host, device).catch(() => null)
    if ((await power()) === 'off') return { kind: 'fence-device', device, commanded: false }
    if (!(await this.#count(host))) return null
    await fencer.off(host, device).catch((error: unknown) => {
      this.#ports.log.warn('a fence device erred', { host, device, fault: faultData(error).code })
    })
    return (await power()) === 'off' ? { kind: 'fence-device', device, commanded: true } : null
  }

  /** S6: counted before the command, so that a leader killed in between has counted it. False: somebody else leads by now. */
  async #count(host: HostId): Promise<boolean> {
    const { fencing } = this.#state
    if (fencing.hosts.includes(host)) return true
    return this.#write(storeKeys.fencing, { hosts: [...fencing.hosts, host].sort() })
  }

  async #resetCount(): Promise<void> {
    await this.#write(storeKeys.fencing, { hosts: [] })
  }

  async #aliveNow(host: HostId): Promise<{ alive: AliveRecord | null; revision: number }> {
    const key = storeKeys.alive(host)
    const entry = (await this.#ports.store.read(key)).entries.find((one) => one.key === key)
    if (entry === undefined) return { alive: null, revision: 0 }
    return { alive: JSON.parse(entry.value) as AliveRecord, revision: entry.revision }
  }

  async #prove(host: HostId, proof: Proof, aliveRevision: number): Promise<void> {
    const known = this.#state.snapshot().hostRecords.get(host)
    const bootId = this.#cluster.membership.members().get(host)?.alive?.bootId ?? known?.bootId ?? null
    const loss: LossRecord = { bootId, aliveRevision, proof, at: this.#ports.clock.wall() }
    const record: HostRecord = { ...(known ?? { host, life: agentLife(''), bootId: bootId ?? '' }), loss }
    const guard = { key: storeKeys.alive(host), revision: aliveRevision }
    if (await this.#write(storeKeys.hostRecord(host), record, [guard])) this.#tell('proven', host, proof.kind)
  }

  async #write(
    key: string,
    value: unknown,
    guards: readonly { key: string; revision: number }[] = [],
  ): Promise<boolean> {
    const term = this.#state.term
    if (term === null || this.#stopped) return false
    const result = await this.#ports.store.transact({
      when: [
        { key: storeKeys.leader, revision: term.revision },
        { key, revision: this.#state.revisionOf(key) },
        ...guards,
      ],
      put: [{ key, value: JSON.stringify(value) }],
      remove: [],
    })
    return result.done
  }

  #tell(word: EventWord, host: HostId, note: string): void {
    const { clock, history, log } = this.#ports
    const at = clock.wall()
    history
      .append([{ at, host, actor: 'leader', word, guest: null, service: null, because: null, fault: null, note }])
      .catch((error: unknown) => log.error('history could not be written', { fault: faultData(error).code }))
  }
}
