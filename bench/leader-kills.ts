import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { LabCluster, type LabMember } from '../lab/cluster.ts'
import { NeverTwice } from '../lab/never-twice.ts'
import { qemuProcesses } from '../lab/qemu.ts'
import { sleep, until } from '../lab/run.ts'
import { defaultSettings } from '../src/model/cluster.ts'
import { noWish } from '../src/model/wish.ts'
import { compiled, daemonCommand } from './build.ts'
import { deedsOn } from './cluster-stage.ts'
import { milliseconds, nowNs } from './daemon.ts'
import { atRest, guestsOn, webs } from './failover.ts'
import { exactly, type Figure, figure, type Measured } from './figures.ts'
import type { RunOptions } from './run-options.ts'
import { BOOT_LIMIT_MS, Stage } from './stage.ts'
import { largest, median, smallest } from './statistics.ts'
import { StoreChanges } from './store-changes.ts'

const guests = webs()

/** After which step of a recovery, or of a migration, the daemon that leads is killed. */
export const recoverySteps = ['asked', 'counted', 'off-ordered', 'proven', 'placed', 'start-issued', 'booting'] as const
export const migrationSteps = ['recorded', 'begun', 'receiving', 'sending', 'arrived', 'handed-over'] as const

export type RecoveryStep = (typeof recoverySteps)[number]
export type MigrationStep = (typeof migrationSteps)[number]

/** The killed daemon is back at once, as its unit would have it, or so late that another host leads by then. */
export type Comeback = 'at-once' | 'late'
export const comebacks: readonly Comeback[] = ['at-once', 'late']

export type KillPlan =
  | { readonly kind: 'recovery'; readonly step: RecoveryStep; readonly comeback: Comeback }
  | { readonly kind: 'migration'; readonly step: MigrationStep; readonly comeback: Comeback }

export type LeaderKill = KillPlan & {
  /** From the kill until the guest's service answers where it belongs, and everything is as wished. Milliseconds. */
  readonly settledMs: number
  /** The same host led again, in a new life. */
  readonly ledAgain: boolean
  /** The move failed with the daemon that did it: the guest runs on where it was. */
  readonly stayed?: boolean
  /** What must not be; empty = finished, once. */
  readonly wrong: readonly string[]
}

/** Longer than it takes another host to lead, shorter than a watchdog lasts without its daemon. */
const LATE_MS = 3_500

const STEP_LIMIT_MS = 60_000
const END_LIMIT_MS = 120_000

/** Between two looks at what the store does not tell. */
const LOOK_MS = 2

/** What a migration that has been seen to begin, and is in its midst. */
const MIDST_MS = 150

/** What a daemon did in its last moment, or does twice, would be seen by then. */
const AFTER_MS = 4_000

/** Three hosts with a guest each: of one recovery or migration after the other the leader is killed at one step. */
export async function leaderKills(
  options: RunOptions,
  left: readonly KillPlan[],
  done: (one: LeaderKill) => void,
): Promise<void> {
  await compiled()
  const vigiad = { program: daemonCommand().at(-1)!, args: ['--deeds-file', '/run/vigia/deeds'] }
  const cluster = await LabCluster.start({ id: `blead${process.pid.toString(36)}`, vigiad, onStep: options.say })
  const changes = new StoreChanges(cluster)
  const stop = Stage.closing(async () => {
    changes.stop()
    await cluster.stop()
  })
  try {
    await cluster.found()
    for (const [index, plan] of left.entries()) {
      await atRest(cluster, 'fence', defaultSettings.leaseMs, guests)
      const round = new Round(cluster, changes, plan)
      const one = await round.play()
      done(one)
      const verdict = one.wrong.length === 0 ? `once, ${one.settledMs.toFixed(0)} ms` : `WRONG: ${one.wrong.join('; ')}`
      const led = one.ledAgain ? 'leads again' : 'another leads'
      options.say(
        `leader-kills: ${index + 1} of ${left.length}, ${plan.kind} ${plan.step}, back ${plan.comeback} (${led}): ${verdict}`,
      )
    }
  } finally {
    await stop()
  }
}

/** One recovery or migration, and the kill in it. */
class Round {
  readonly #cluster: LabCluster
  readonly #changes: StoreChanges
  readonly #plan: KillPlan
  readonly #sinceNs = nowNs()
  readonly #startsBefore: ReadonlyMap<string, number>
  readonly #askedBefore: number
  readonly #fencingBefore: unknown
  readonly #lossesBefore: ReadonlyMap<LabMember, number | undefined>

  constructor(cluster: LabCluster, changes: StoreChanges, plan: KillPlan) {
    this.#cluster = cluster
    this.#changes = changes
    this.#plan = plan
    this.#startsBefore = startsOf(cluster)
    this.#askedBefore = cluster.fence.asked.length
    this.#fencingBefore = changes.get('record/fencing')
    this.#lossesBefore = new Map(cluster.members.map((member) => [member, this.#lossOf(member)]))
  }

  async play(): Promise<LeaderKill> {
    const twice = new NeverTwice(this.#cluster.lab.hosts)
    try {
      const ended =
        this.#plan.kind === 'recovery' ? await this.#recovery(this.#plan) : await this.#migration(this.#plan)
      await sleep(AFTER_MS)
      return { ...ended, wrong: [...this.#wrongStarts(ended), ...ended.wrong, ...twice.seen] }
    } finally {
      twice.stop()
    }
  }

  /** A host that is not the leader's loses its network; its fence device is asked, then told to take its power. */
  async #recovery(plan: Extract<KillPlan, { kind: 'recovery' }>) {
    const leader = this.#leader()
    const victim = this.#cluster.members.find((member) => member !== leader)!
    const [guest = ''] = guestsOn(this.#cluster, victim)
    await victim.host.setLink('down')
    await this.#until(`step ${plan.step}`, () => this.#recoveryAt(plan.step, victim, guest))
    const { killedNs, ledAgain } = await this.#kill(leader, plan.comeback)
    await until('the power of the lost host is gone', STEP_LIMIT_MS, () => !victim.host.isOn)
    const others = this.#cluster.members.filter((member) => member !== victim)
    await this.#answers(guest, others)
    const settledMs = milliseconds(killedNs, nowNs())
    const left = others.filter(({ host }) => !host.isOn).map(({ host }) => `${host.name} lost its power, too`)
    await this.#cluster.powerOn(victim)
    return { ...plan, guest, settledMs, ledAgain, wrong: left }
  }

  #recoveryAt(step: RecoveryStep, victim: LabMember, guest: string): boolean {
    const { name } = victim.host
    const asked = this.#cluster.fence.asked.slice(this.#askedBefore)
    const record = this.#changes.get(`record/guest/${guest}`) as
      | { owner?: string; phase?: { kind: string } }
      | undefined
    switch (step) {
      case 'asked':
        return asked.includes(`status ${name}`)
      case 'counted':
        return this.#changes.get('record/fencing') !== this.#fencingBefore && this.#counted().includes(name)
      case 'off-ordered':
        return asked.includes(`off ${name}`)
      case 'proven':
        return this.#lossOf(victim) !== undefined && this.#lossOf(victim) !== this.#lossesBefore.get(victim)
      case 'placed':
        return record?.owner !== undefined && record.owner !== name
      case 'start-issued':
        return this.#startIssued(guest)
      case 'booting':
        return qemuProcesses(this.#cluster.lab.hosts).some((one) => one.guest === guest && one.host !== name)
    }
  }

  #counted(): readonly string[] {
    return (this.#changes.get('record/fencing') as { hosts?: string[] } | undefined)?.hosts ?? []
  }

  /** The record of the member that was proven lost: grows with each loss. */
  #lossOf({ host }: LabMember): number | undefined {
    return (this.#changes.get(`record/host/${host.name}`)?.loss as { aliveRevision: number } | undefined)?.aliveRevision
  }

  #startIssued(guest: string): boolean {
    return this.#cluster.members.some((member) =>
      deedsOn([member], this.#sinceNs).some(({ deed, domain }) => deed === 'start' && domain === guest),
    )
  }

  /**
   * By command, live, away from the leader's host where its daemon is back at once: it is killed as the one that moves as well. Then the
   * guest may stay where it was, for what failed is not tried again.
   */
  async #migration(plan: Extract<KillPlan, { kind: 'migration' }>) {
    const leader = this.#leader()
    const fromLeader = plan.comeback === 'at-once'
    const from = fromLeader ? leader : this.#cluster.members.find((member) => member !== leader)!
    const to = this.#cluster.members.find((member) => member !== leader && member !== from)!
    const [guest = ''] = guestsOn(this.#cluster, from)
    const before = this.#changes.get(`wish/guest/${guest}`) as { moveSerial?: number } | undefined
    const move = { to: to.host.name, how: 'live' }
    void this.#cluster
      .wish(`wish/guest/${guest}`, { ...noWish, move, moveSerial: (before?.moveSerial ?? 0) + 1 })
      .catch(() => undefined)
    await this.#until(`step ${plan.step}`, () => this.#migrationAt(plan.step, from, to, guest))
    if (plan.step === 'sending') await sleep(MIDST_MS)
    const { killedNs, ledAgain } = await this.#kill(leader, plan.comeback)
    await until(`${guest} runs on one host`, END_LIMIT_MS, () => {
      const record = this.#changes.get(`record/guest/${guest}`) as Seat | undefined
      return record?.seat?.move === null && this.#placesOf(guest).length === 1
    })
    await this.#answers(guest, this.#cluster.members)
    const settledMs = milliseconds(killedNs, nowNs())
    const [place] = this.#placesOf(guest)
    const stayed = fromLeader && place === from.host.name
    const wrong = stayed || place === to.host.name ? [] : [`${guest} is on ${place}, wished on ${to.host.name}`]
    const off = this.#cluster.members.filter(({ host }) => !host.isOn).map(({ host }) => `${host.name} lost its power`)
    return { ...plan, guest, settledMs, ledAgain, wrong: [...wrong, ...off], stayed }
  }

  #migrationAt(step: MigrationStep, from: LabMember, to: LabMember, guest: string): boolean {
    const record = this.#changes.get(`record/guest/${guest}`) as Seat | undefined
    const qemu = () => qemuProcesses(this.#cluster.lab.hosts).filter((one) => one.guest === guest)
    switch (step) {
      case 'recorded':
        return record?.seat?.move?.to === to.host.name
      case 'begun':
        return deedsOn([from], this.#sinceNs).some(({ deed, domain }) => deed === 'migrate' && domain === guest)
      case 'receiving':
      case 'sending':
        return qemu().some(({ host }) => host === to.host.name)
      case 'arrived':
        return qemu().every(({ host }) => host === to.host.name)
      case 'handed-over':
        return record?.owner === to.host.name && record.seat?.move === null
    }
  }

  /** SIGKILL at this very moment. */
  async #kill(leader: LabMember, comeback: Comeback): Promise<{ killedNs: bigint; ledAgain: boolean }> {
    const life = this.#changes.get('leader')?.life
    const killedNs = nowNs()
    await leader.vigiad.kill()
    if (comeback === 'late') await sleep(Math.max(0, LATE_MS - milliseconds(killedNs, nowNs())))
    await leader.vigiad.start()
    await this.#until('somebody leads again', () => this.#changes.get('leader')?.life !== life)
    return { killedNs, ledAgain: this.#leader() === leader }
  }

  /** Its service answers a client, on exactly one of these hosts, and all is as wished. */
  async #answers(guest: string, places: readonly LabMember[]): Promise<void> {
    const { address } = guests.find(({ name }) => name === guest)!
    const names = places.map(({ host }) => host.name)
    await until(`${guest} runs on ${names.join(' or ')}`, END_LIMIT_MS, () => {
      const found = this.#placesOf(guest)
      return found.length === 1 && names.includes(found[0]!)
    })
    await this.#cluster.lab.client.wait(address, 22, BOOT_LIMIT_MS)
    // The lost host has no power yet: not all members renew.
    await until('all guests ready', END_LIMIT_MS, async () => {
      const status = await places[0]!.client.status()
      return status.guests.length === guests.length && status.guests.every(({ phase }) => phase.kind === 'ready')
    })
  }

  #placesOf(guest: string): string[] {
    return qemuProcesses(this.#cluster.lab.hosts).flatMap((one) => (one.guest === guest ? [one.host] : []))
  }

  #leader(): LabMember {
    return this.#cluster.member(String(this.#changes.get('leader')?.host))
  }

  /** Looks after every write to the store, and every other moment at what the store does not tell. */
  async #until(what: string, condition: () => boolean): Promise<void> {
    let holds = false
    const stop = this.#changes.onWrite(() => {
      holds ||= condition()
    })
    try {
      await until(what, STEP_LIMIT_MS, () => holds || condition(), LOOK_MS)
    } finally {
      stop()
    }
  }

  /** By libvirt's own logs, which no crash of ours can spoil: one start of this guest, and none of another. */
  #wrongStarts({ guest, stayed = false }: { readonly guest: string; readonly stayed?: boolean }): string[] {
    const after = startsOf(this.#cluster)
    return guests.flatMap(({ name }) => {
      const [got, wanted] = [(after.get(name) ?? 0) - (this.#startsBefore.get(name) ?? 0), name === guest ? 1 : 0]
      // One that stayed may have been begun on the other host, or not.
      return got === wanted || (stayed && got === 0) ? [] : [`${name} was started ${got} times, expected ${wanted}`]
    })
  }
}

interface Seat {
  readonly owner?: string
  readonly seat?: { readonly move: { readonly to: string } | null }
}

/** Starts of each guest on all hosts so far, those that take over a running one included. */
function startsOf({ members }: LabCluster): Map<string, number> {
  return new Map(
    guests.map(({ name }) => {
      const counts = members.map(({ host }) => {
        const file = join(host.folder, 'log', 'qemu', `${name}.log`)
        return existsSync(file) ? readFileSync(file, 'latin1').split(': starting up libvirt').length - 1 : 0
      })
      return [name, counts.reduce((sum, count) => sum + count, 0)]
    }),
  )
}

export function leaderKillFigures(parts: readonly LeaderKill[]): Measured {
  const figures = (['recovery', 'migration'] as const).flatMap((kind) =>
    comebacks.flatMap((comeback) => figuresOf(kind, comeback, parts)),
  )
  const again = parts.filter(({ ledAgain }) => ledAgain).length
  const led = figure({
    name: 'leader-kills.led-again',
    what: 'kills after which the same host led again',
    unit: 'count',
    value: again,
    n: parts.length,
  })
  return { figures: [...figures, led], details: { parts }, notes }
}

function figuresOf(kind: LeaderKill['kind'], comeback: Comeback, all: readonly LeaderKill[]): Figure[] {
  const parts = all.filter((one) => one.kind === kind && one.comeback === comeback)
  if (parts.length === 0) return []
  const settled = parts.map(({ settledMs }) => settledMs / 1_000)
  const name = `leader-kills.${kind}.${comeback}`
  const what = `the leader killed at ${parts.length} steps of a ${kind}, ${comeback === 'late' ? 'back after another leads' : 'back at once'}`
  return [
    figure({
      name: `${name}.wrong`,
      what: `${what}: not finished, or not once`,
      unit: 'count',
      value: parts.reduce((sum, { wrong }) => sum + wrong.length, 0),
      n: parts.length,
      limit: exactly(0),
    }),
    figure({
      name: `${name}.settled`,
      what: '  from the kill until the guest answers and all is as wished, the median',
      unit: 's',
      value: median(settled),
      least: smallest(settled),
      most: largest(settled),
      n: settled.length,
    }),
  ]
}

const notes = [
  'Three hosts with a guest each, fence devices and watchdogs, an etcd over all three. A host that does not lead loses its network, or its guest is moved live by command; the daemon that leads is killed with SIGKILL as soon as the step is seen.',
  'Steps are seen in the store as they are written, in what the fence device was asked, in the requests written to libvirt, and in the processes of QEMU.',
  "Once: by libvirt's own logs the guest was started once, no other guest was started, no guest ever had two running processes, no other host lost its power.",
]
