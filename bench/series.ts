import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LabMember } from '../lab/cluster.ts'
import type { Acknowledged } from '../lab/journal-inside.ts'
import { eventually, found, sleep, until } from '../lab/run.ts'
import { milliseconds, nowNs } from './daemon.ts'
import type { RunOptions } from './run-options.ts'
import { drawLoss, drawQuickLoss, type LossKind, type OnlyProof, type PlannedLoss } from './series-plan.ts'
import { type HostLoss, nowMs, SeriesStage } from './series-stage.ts'
import { missingWrites } from './series-verify.ts'
import { Stage } from './stage.ts'

/** Three emulated guests on a machine that is overloaded on purpose. */
const ANSWER_LIMIT_MS = 180_000

/** The watchdog takes the power of a host that is frozen or cut off: F and W after its last renewal, and a margin for the lab. */
const WATCHDOG_LIMIT_MS = 90_000

/** A stage on which something did not come about is left for another; so often it is the code, and not chance. */
const BROKEN_MAX = 3

const LOG_LINES = 40

const LOOK_MS = 50

const LEADER_LIMIT_MS = 120_000

/** `seed`: of the first loss; each further one has the next. */
export async function seriesRounds(
  options: RunOptions,
  left: readonly (readonly [OnlyProof, LossKind])[],
  done: (loss: HostLoss) => void,
): Promise<void> {
  let stage: SeriesStage | null = null
  let stands: OnlyProof | null = null
  let broken = 0
  const first = options.seed ?? Math.floor(Math.random() * 2 ** 31)
  try {
    for (const [index, [proof, kind]] of left.entries()) {
      if (stands !== proof) {
        await stage?.close()
        stage = null
        stage = await SeriesStage.open(options, proof)
        stands = proof
      }
      const draw = options.quick ? drawQuickLoss : drawLoss
      const plan = draw(first + index, kind, proof)
      const loss = await new OneLoss(stage!, plan).run()
      if (Stage.isEnding) throw new Error('told to end: this loss does not count')
      done(loss)
      options.say(`series: ${index + 1} of ${left.length}, ${shown(loss)}`)
      if (loss.wrong.length === 0) continue
      options.say(logs(stage!))
      stands = null
      if (++broken >= BROKEN_MAX) return
    }
  } finally {
    await stage?.close()
  }
}

class OneLoss {
  readonly #stage: SeriesStage
  readonly #plan: PlannedLoss
  readonly #wrong: string[] = []
  #victim!: LabMember
  #lost: string[] = []
  #moment: 'rest' | 'move'
  #moving: string | null = null
  #faultNs = 0n
  /** The fault is over by itself: the host lives on. */
  #overMs: number | null = null
  readonly #issuedNs = new Map<string, bigint>()
  #provenBy: string | null = null

  constructor(stage: SeriesStage, plan: PlannedLoss) {
    this.#stage = stage
    this.#plan = plan
    this.#moment = plan.moment
  }

  async run(): Promise<HostLoss> {
    const { watch, diskWatch, load, journals } = this.#stage
    const [beganMs, pagesBefore] = [nowMs(), load.pages]
    const seenBefore = [watch.seen.length, diskWatch.seen.length] as const
    const times: { issuedMs: number | null; answersMs: number | null; settledMs: number | null } = {
      ...{ issuedMs: null, answersMs: null, settledMs: null },
    }
    const role = { leads: false, leadsEtcd: false }
    let disksLocked = 0
    let missing: string[] = []
    let notLookedMs = Number.NaN
    let looks = 0
    try {
      const before = await diskWatch.looked()
      Object.assign(role, await this.#choose())
      await this.#approach()
      disksLocked = this.#stage.disksLocked()
      const losing = this.#lose()
      // Waited for below; what is waited for before may fail first.
      losing.catch(() => undefined)
      times.answersMs = await this.#answers()
      times.issuedMs = this.#lastIssuedMs()
      await losing
      await this.#comeBack()
      await this.#stage.allWell()
      times.settledMs = milliseconds(this.#faultNs, nowNs())
      journals.mustLive()
      missing = await this.#missing(beganMs)
      const after = await diskWatch.looked()
      looks = after.looks - before.looks
      notLookedMs = after.longestMs
    } catch (error) {
      this.#wrong.push(error instanceof Error ? error.message : String(error))
    }
    const { kind, proof, seed, part } = this.#plan
    return {
      ...{ kind, proof, seed, part, ...role, moment: this.#moment, provenBy: this.#provenBy, guests: this.#lost },
      ...times,
      acknowledged: this.#stage.acknowledgedSince(beganMs),
      missing,
      twice: [...watch.seen.slice(seenBefore[0]), ...diskWatch.seen.slice(seenBefore[1])],
      ...{ looks, notLookedMs, liesMs: this.#plan.liesMs },
      lateAcknowledged: this.#lateAcknowledged(),
      disksLocked,
      needless: this.#needless(),
      pages: load.pages - pagesBefore,
      wrong: this.#wrong,
    }
  }

  async #choose(): Promise<{ leads: boolean; leadsEtcd: boolean }> {
    const { cluster } = this.#stage
    const leader = await found('somebody leads', LEADER_LIMIT_MS, async () => {
      const { hosts } = await this.#stage.other(null).client.status()
      return cluster.members.find(({ host }) => hosts.some(({ id, member }) => id === host.name && member?.leads))
    })
    const etcdLeader = await found("etcd's leader", LEADER_LIMIT_MS, () => cluster.etcdLeader())
    const chosen = (members: readonly LabMember[]) => members[Math.floor(this.#plan.choice * members.length)]!
    const withGuests = cluster.members.filter((member) => this.#stage.guestsOn(member).length > 0)
    this.#victim = {
      ...{ any: chosen(cluster.members), 'with-guests': chosen(withGuests) },
      ...{ leader, 'etcd-leader': etcdLeader },
    }[this.#plan.part]
    return { leads: this.#victim === leader, leadsEtcd: this.#victim === etcdLeader }
  }

  /** Until the moment of the loss. A host without guests is given one first. */
  async #approach(): Promise<void> {
    const { cluster } = this.#stage
    const isEmpty = this.#stage.guestsOn(this.#victim).length === 0
    if (isEmpty || this.#moment === 'move') {
      const elsewhere = cluster.members.filter((member) => member !== this.#victim)
      const guest = elsewhere.map((member) => this.#stage.guestsOn(member)).sort((a, b) => b.length - a.length)[0]?.[0]
      // All are there already.
      if (guest === undefined) this.#moment = 'rest'
      else await this.#move(guest)
    }
    if (this.#moment === 'rest' && this.#moving !== null) {
      const moved = this.#moving
      await until(`${moved} on ${this.#victim.host.name}`, ANSWER_LIMIT_MS, () =>
        this.#stage.guestsOn(this.#victim).includes(moved),
      )
      await this.#stage.allWell()
    }
    await sleep(this.#plan.waitMs)
    this.#lost = this.#stage.guestsOn(this.#victim)
  }

  async #move(guest: string): Promise<void> {
    const { host } = this.#victim
    // Refused, or not answered, by a host that is late for a moment: asked again. Nothing has moved then.
    await eventually(`${guest} is on its way`, LEADER_LIMIT_MS, async () => {
      const { stays } = await this.#stage.other(null).client.migrate({ guests: [guest], to: host.name, cold: true })
      if (stays.length > 0) throw new Error(`${guest} does not move: ${JSON.stringify(stays)}`)
      return true
    })
    this.#moving = guest
  }

  /** Resolves when the fault is over, or the host has no power any more. */
  async #lose(): Promise<void> {
    const { host, watchdog } = this.#victim
    this.#faultNs = nowNs()
    const { modes } = this.#stage.cluster.fence
    if (this.#plan.liesMs > 0) {
      modes.set(host.name, 'lies')
      setTimeout(() => modes.delete(host.name), this.#plan.liesMs)
    }
    if (this.#plan.kind === 'power-cut') return host.powerCut()
    if (this.#plan.kind === 'freeze') host.freeze()
    else await host.setLink('down')
    if (watchdog !== null) return watchdog.tookPower(WATCHDOG_LIMIT_MS)
    const end = nowMs() + this.#plan.holdMs
    await until('end of the fault', ANSWER_LIMIT_MS, () => !host.isOn || nowMs() >= end)
    if (!host.isOn) return
    if (this.#plan.kind === 'freeze') host.thaw()
    // Its power may be taken at this very moment, and its cable with it.
    else await host.setLink('up').catch(() => undefined)
    this.#overMs = nowMs()
  }

  /** Each lost guest acknowledges a write: of its new run, or of the old one where its host came back. Ms from the loss; null: it had no guest. */
  async #answers(): Promise<number | null> {
    if (this.#lost.length === 0) return null
    const answeredMs = new Map<string, number>()
    await until(
      `${this.#lost.join(', ')} write again`,
      ANSWER_LIMIT_MS,
      async () => {
        for (const { domain, atNs } of this.#stage.startsSince(this.#faultNs, this.#victim)) {
          if (!this.#lost.includes(domain) || this.#issuedNs.has(domain)) continue
          this.#issuedNs.set(domain, atNs)
          this.#provenBy ??= await this.#proof()
        }
        for (const guest of this.#lost) {
          const at = this.#answeredMs(guest)
          if (at !== null && !answeredMs.has(guest)) answeredMs.set(guest, at)
        }
        return this.#lost.every((guest) => answeredMs.has(guest))
      },
      LOOK_MS,
    )
    return Math.max(...answeredMs.values()) - Number(this.#faultNs) / 1e6
  }

  #answeredMs(guest: string): number | null {
    const list = this.#stage.journals.acknowledged.get(guest) ?? []
    const issued = this.#issuedNs.get(guest)
    if (issued !== undefined) return firstAfter(list, ({ openedMs }) => openedMs > Number(issued) / 1e6)
    const overMs = this.#overMs
    if (overMs === null || !this.#victim.host.isOn) return null
    return firstAfter(list, ({ sentMs }) => sentMs > overMs)
  }

  async #proof(): Promise<string | null> {
    // What is only told beside it must not end the waiting for what is promised.
    const status = await this.#stage
      .other(this.#victim)
      .client.status()
      .catch(() => null)
    return status?.hosts.find(({ id }) => id === this.#victim.host.name)?.member?.proof ?? null
  }

  #lastIssuedMs(): number | null {
    const times = [...this.#issuedNs.values()].map((at) => milliseconds(this.#faultNs, at))
    return times.length === 0 ? null : Math.max(...times)
  }

  /** Whoever is called to it switches it on again some time later. */
  async #comeBack(): Promise<void> {
    await sleep(this.#plan.backMs)
  }

  async #missing(sinceMs: number): Promise<string[]> {
    const { cluster, journals, writers } = this.#stage
    const each = writers.map((writer) => missingWrites(cluster.lab.client, journals, writer, sinceMs))
    return (await Promise.all(each)).flat()
  }

  #lateAcknowledged(): number {
    return [...this.#issuedNs].reduce((sum, [guest, issuedNs]) => {
      const issuedMs = Number(issuedNs) / 1e6
      const list = this.#stage.journals.acknowledged.get(guest) ?? []
      return sum + list.filter(({ openedMs, atMs }) => openedMs < issuedMs && atMs > issuedMs).length
    }, 0)
  }

  /** The guest that moves is started once because of that. */
  #needless(): string[] {
    if (this.#faultNs === 0n) return []
    const started = this.#stage.startsSince(this.#faultNs, null).map(({ domain }) => domain)
    return started.filter((guest) => !this.#lost.includes(guest) && guest !== this.#moving)
  }
}

/** The list is long, and holds true of its end only. */
function firstAfter(list: readonly Acknowledged[], holds: (one: Acknowledged) => boolean): number | null {
  const from = list.findLastIndex((one) => !holds(one)) + 1
  return list[from]?.atMs ?? null
}

function shown(loss: HostLoss): string {
  const seconds = (ms: number | null): string => (ms === null ? 'none' : `${(ms / 1_000).toFixed(1)} s`)
  const roles = [loss.leads ? 'leader' : '', loss.leadsEtcd ? "etcd's leader" : ''].filter(Boolean).join(' and ')
  const what = `${loss.kind} of ${roles || 'an ordinary host'} with ${loss.guests.length} guests, ${loss.moment}${loss.liesMs > 0 ? ', its fence device lies' : ''}, seed ${loss.seed}`
  const times = `start issued after ${seconds(loss.issuedMs)} (${loss.provenBy ?? 'not proven dead'}), answers after ${seconds(loss.answersMs)}, settled after ${seconds(loss.settledMs)}`
  const counts = `${loss.acknowledged} acknowledged, ${loss.missing.length} missing, ${loss.lateAcknowledged} late, ${loss.twice.length} twice, ${loss.needless.length} needless`
  const wrong = [...loss.wrong, ...loss.missing.slice(0, 3), ...loss.twice.slice(0, 3)]
  return [`${what}: ${times}; ${counts}`, ...wrong].join('\n  WRONG: ')
}

function logs({ cluster }: SeriesStage): string {
  return cluster.members
    .map(({ host, vigiad }) => {
      const text = existsSync(vigiad.logFile) ? readFileSync(vigiad.logFile, 'utf8') : ''
      return [`--- ${host.name}, ${join(host.folder, 'log')}`, ...text.trimEnd().split('\n').slice(-LOG_LINES)].join(
        '\n',
      )
    })
    .join('\n')
}
