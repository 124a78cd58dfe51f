import { leads } from '../core/election.ts'
import { mayTakeOver } from '../core/failsafe.ts'
import type { FenceOrder, FenceRefusal } from '../core/fence-orders.ts'
import { countedBy, type FencingPlan, fencingPlan, type ProofStep } from '../core/fencing.ts'
import { hostViews, isLost, silentForMs } from '../core/hosts.ts'
import { type LeaseTimes, leaseTimes } from '../core/lease-times.ts'
import type { EventWord, HistoryEvent } from '../model/event.ts'
import { type FaultData, faultData } from '../model/fault.ts'
import { agentLife, type HostId, type WallTime, wallTime } from '../model/ids.ts'
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
 * 4. A device may take long to answer: before each command it is asked anew whether the host is still to be taken.
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
    const { order } = plan
    if (order !== null) this.#once(`order ${order.host}`, () => this.#obey(order, times))
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
        return this.#byWatchdog(step.host, times)
      case 'fence':
        this.#fencing = step.host
        try {
          await this.#byDevice(step.host, this.#sameSilence(step.host))
        } finally {
          this.#fencing = null
        }
    }
  }

  /** As long as its record stays as it is now, and nothing else has proven it dead. */
  #sameSilence(host: HostId): () => boolean {
    const of = () => this.#cluster.membership.members().get(host)
    const revision = of()?.revision
    return () => {
      const sight = of()
      return (
        sight !== undefined &&
        sight.revision === revision &&
        !isLost(sight, this.#state.snapshot().hostRecords.get(host))
      )
    }
  }

  /** What a person ordered is meant for the boot of then. */
  #sameBoot(host: HostId): () => boolean {
    const of = () => this.#cluster.membership.members().get(host)?.alive?.bootId
    const bootId = of()
    return () => of() === bootId
  }

  /** Written down and counted (S6) before anything is done: a leader killed in between does it no second time. */
  async #obey({ host, serial, verdict }: FenceOrder, times: LeaseTimes): Promise<void> {
    const { fencing } = this.#state
    const hosts = verdict === 'take' ? [...new Set([...fencing.hosts, host])].sort() : fencing.hosts
    const asked = { ...fencing.asked, [host]: serial }
    this.#fencing = host
    try {
      if (!(await this.#write(storeKeys.fencing, { ...fencing, hosts, asked }))) return
      if (verdict !== 'take') return this.#tellFault(host, refusedOrder(host, verdict))
      const proven = await this.#byDevice(host, this.#sameBoot(host))
      if (!proven) this.#tellFault(host, { code: 'fence-failed', outcome: 'unknown', details: { host } })
      // Until it shows as gone it looks as if it were back, and the count would begin anew.
      else await new Promise<void>((resolve) => this.#ports.clock.after(times.suspectMs, resolve))
    } finally {
      this.#fencing = null
    }
  }

  async #swear(host: HostId, by: string): Promise<void> {
    const sworn = this.#state.snapshot().hostWishes.get(host)?.sworn
    const { revision } = await this.#aliveNow(host)
    if (sworn?.aliveRevision === revision) await this.#prove(host, { kind: 'sworn', by }, revision)
  }

  /** S2 (b): the statements first, each asked for within D / 2, then one read of the record, then the transaction that compares it. */
  async #byWatchdog(host: HostId, times: LeaseTimes): Promise<void> {
    const { membership } = this.#cluster
    const before = membership.members().get(host)
    if (before === undefined) return
    const counted = countedBy(before, membership.members())
    // The lost host is among those who are asked and uses up all the time there is; the others' answers must still count then.
    const heard = await membership.askAll(times.marginMs / 4)
    const now = this.#ports.clock.now()
    const renewing = [...heard]
      .filter(([, { answer, askedAt }]) => answer.statement === 'renews' && now - askedAt <= times.marginMs / 2)
      .map(([member]) => member)
      .sort()
    if (!mayTakeOver(counted, renewing) || !renewing.includes(this.#ports.host)) return
    const { revision } = await this.#aliveNow(host)
    const after = membership.members().get(host)
    if (after?.revision !== revision || before.revision !== revision) return
    const renewingSince = membership.renewingSince()
    if (silentForMs(after, { renewingSince }, this.#ports.clock.now()) < times.leaseMs) return
    await this.#prove(host, { kind: 'watchdog', renewing }, revision)
  }

  /** S2 (a): what counts is what the device reads afterwards. False: no device proved it dead. */
  async #byDevice(host: HostId, stillMeant: () => boolean): Promise<boolean> {
    const bootId = this.#cluster.membership.members().get(host)?.alive?.bootId ?? null
    for (const device of this.#cluster.fencer.devices(host)) {
      if (this.#stopped || !stillMeant()) return false
      const proof = await this.#offBy(host, device, stillMeant)
      if (proof === null) continue
      const { alive, revision } = await this.#aliveNow(host)
      // Booted anew meanwhile: the new boot is not what was taken.
      if ((alive?.bootId ?? null) !== bootId) return false
      if (proof.commanded) this.#tell('fenced', host, device)
      await this.#prove(host, proof, revision)
      return true
    }
    return false
  }

  /** Null: this device proves nothing. */
  async #offBy(
    host: HostId,
    device: string,
    stillMeant: () => boolean,
  ): Promise<Extract<Proof, { kind: 'fence-device' }> | null> {
    const { fencer } = this.#cluster
    const power = () => fencer.read(host, device).catch(() => null)
    if ((await power()) === 'off') return { kind: 'fence-device', device, commanded: false }
    if (!stillMeant() || !(await this.#count(host)) || !stillMeant()) return null
    await fencer.off(host, device).catch((error: unknown) => {
      this.#ports.log.warn('a fence device erred', { host, device, fault: faultData(error).code })
    })
    return (await power()) === 'off' ? { kind: 'fence-device', device, commanded: true } : null
  }

  /** S6: counted before the command, so that a leader killed in between has counted it. False: somebody else leads by now. */
  async #count(host: HostId): Promise<boolean> {
    const { fencing } = this.#state
    if (fencing.hosts.includes(host)) return true
    return this.#write(storeKeys.fencing, { ...fencing, hosts: [...fencing.hosts, host].sort() })
  }

  async #resetCount(): Promise<void> {
    const resetSerial = this.#state.snapshot().members?.fencingReset ?? 0
    await this.#write(storeKeys.fencing, { ...this.#state.fencing, hosts: [], resetSerial })
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
    if (!(await this.#write(storeKeys.hostRecord(host), record, [guard]))) return
    this.#tellLastSign(host)
    this.#tell('proven', host, proof.kind)
  }

  async #write(
    key: string,
    value: unknown,
    guards: readonly { key: string; revision: number }[] = [],
  ): Promise<boolean> {
    const term = this.#state.term
    const me = { host: this.#ports.host, life: this.#cluster.life }
    // Another's term is known here as soon as it begins: it is not ours to write by.
    if (term === null || !leads({ me, leader: term }) || this.#stopped) return false
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
    this.#append({ host, word, fault: null, note })
  }

  /** For reports: since when it was gone, as far as this leader saw its renewals. */
  #tellLastSign(host: HostId): void {
    const { membership } = this.#cluster
    const sight = membership.members().get(host)
    if (sight === undefined) return
    const silentMs = silentForMs(sight, { renewingSince: membership.renewingSince() }, this.#ports.clock.now())
    const at = wallTime(Math.round(this.#ports.clock.wall() - silentMs))
    this.#append({ at, host, word: 'power-lost', fault: null, note: null })
  }

  #tellFault(host: HostId, fault: FaultData): void {
    this.#append({ host, word: 'fault', fault, note: null })
  }

  #append(event: Pick<HistoryEvent, 'host' | 'word' | 'fault' | 'note'> & { readonly at?: WallTime }): void {
    const { clock, history, log } = this.#ports
    history
      .append([{ at: clock.wall(), actor: 'leader', guest: null, service: null, because: null, ...event }])
      .catch((error: unknown) => log.error('history could not be written', { fault: faultData(error).code }))
  }
}

function refusedOrder(host: HostId, why: FenceRefusal): FaultData {
  if (why === 'no-device') return { code: 'fence-absent', outcome: 'not-done', details: { host } }
  return { code: 'refused', outcome: 'not-done', details: { why, host } }
}
