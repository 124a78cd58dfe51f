import type { ApiPowers } from '../../src/api/powers.ts'
import { DrillKeeper } from '../../src/control/drills/keeper.ts'
import { StoredDrills } from '../../src/control/drills/stored-drills.ts'
import {
  type Disturbance,
  type DrillMeasure,
  type DrillPlan,
  type DrillResult,
  type DrillRun,
  type DrillView,
  drillId,
  type MeasuredOutcome,
  usualPlan,
} from '../../src/model/drill.ts'
import { noDrillSettings } from '../../src/model/drill-settings.ts'
import { type GuestId, guestId, hostId, instant, serviceKey, wallTime } from '../../src/model/ids.ts'
import type { Clock } from '../../src/ports/clock.ts'
import { silentLog } from '../../src/ports/log.ts'
import { storeKeys } from '../../src/ports/store.ts'
import { FakeLoadSource } from '../../src/sim/fakes/fake-load-source.ts'
import { PretendCluster } from '../control/drills/pretend-cluster.ts'
import type { WideDraft } from '../core/wide.ts'
import { office, WideConsoleDaemon } from './console-daemon.ts'

const hosts = ['h1', 'h2', 'h3'] as const

/** Of the office over three hosts, guests in turn; web lies on h2, which is not the host that measures. */
function spread(): WideDraft {
  const host = { fence: ['fence_ipmilan'], memoryMib: 16_384 }
  const on = { dns: 'h1', storage: 'h3', ldap: 'h1', db: 'h3', mail: 'h1', erp: 'h3', web: 'h2', reports: 'h3' }
  const guests = Object.entries({ ...on, monitor: 'h1' }).map(
    ([id, place]) => [id, { on: place, spec: office[id]! }] as const,
  )
  return { over: { name: 'office' }, hosts: { h1: host, h2: host, h3: host }, guests: Object.fromEntries(guests) }
}

/** The pretend cluster's time goes by so many times faster: a drill of some runs is over in seconds. */
const usualSpeed = 8

function fastClock(speed: number): Clock {
  return {
    now: () => instant(Math.floor(performance.now() * speed)),
    wall: () => wallTime(Date.now()),
    after: (delayMs, run) => {
      const timer = setTimeout(run, delayMs / speed)
      return () => clearTimeout(timer)
    },
  }
}

/** Drills of the real keeper on a pretend cluster, in the store of the daemon: what is under way goes through its live stream. */
export class DrillDaemon extends WideConsoleDaemon {
  readonly cluster: PretendCluster
  production = true
  isArmed = true
  /** N+1: whom the loss of any host would leave waiting. */
  waiting: readonly GuestId[] = []
  readonly #keeper: DrillKeeper
  readonly #stored: StoredDrills

  constructor(draft: WideDraft = spread(), speed = usualSpeed) {
    super(draft)
    const clock = fastClock(speed)
    this.cluster = new PretendCluster(clock, viewOf(draft))
    this.#stored = new StoredDrills(this.store.connect())
    this.#keeper = new DrillKeeper({
      ...{ clock, store: this.#stored, hands: this.cluster, log: silentLog, self: hostId('h1'), life: 'one' },
      load: new FakeLoadSource(clock, this.cluster.traffic),
      ...{ leads: () => false, isThere: () => true, opensAfter: () => null },
      settings: () => ({ ...noDrillSettings, production: this.production }),
      servicesOf: (guest) => (draft.guests[guest]?.spec?.services ?? []).map(serviceKey),
      ...{ armed: () => this.isArmed, waitingWithout: () => this.waiting },
    })
  }

  override powers(): ApiPowers {
    const schedules = [
      { name: 'weekly', guest: 'web', when: '0 3 * * sun', opensAt: 1_893_466_800_000 },
      { name: 'never', guest: 'db', when: '0 0 30 2 *', opensAt: null },
    ]
    return {
      ...super.powers(),
      drills: {
        all: async () => {
          const [running, results] = await Promise.all([this.#stored.running(), this.#stored.results()])
          return { running: running?.drill ?? null, results, schedules, production: this.production, client: null }
        },
        begin: (plan, options) => this.#keeper.begin(plan, options),
        askStop: (id, by) => this.#keeper.askStop(id, by),
      },
    }
  }

  keep(...results: readonly DrillResult[]): this {
    const put = results.map((result) => ({ key: storeKeys.drillResult(result.id), value: JSON.stringify(result) }))
    this.store.apply({ when: [], put, remove: [] })
    return this
  }
}

function viewOf({ guests }: WideDraft): DrillView {
  return {
    guests: Object.entries(guests).map(([id, { on }]) => ({
      ...{ id: guestId(id), phase: 'ready', host: hostId(on ?? 'h1'), address: id, wish: null, moving: false },
      needs: (office[id]?.needs ?? []).map((need) => guestId(String([need].flat()[0]).split(':')[0]!)),
    })),
    hosts: hosts.map((id) => ({ id: hostId(id), online: true, gone: false, maintenance: false, fenceable: true })),
  }
}

/** Spread of a figure over the runs, the same each time. */
const wave = (middle: number, swing: number, number: number): number =>
  Math.round((middle + swing * Math.sin(number * 2.4)) * 100) / 100

const silences: Readonly<Record<Disturbance, number>> = {
  ...{ nothing: 1_002, reboot: 24_300, 'cold-move': 19_800, 'live-migration': 1_140, 'power-cut': 41_500 },
  'service-failure': 11_200,
}

function outcomeOf(measure: DrillMeasure, during: Disturbance, number: number): MeasuredOutcome {
  const isMoving = during === 'live-migration'
  const longestSilenceMs = wave(silences[during], silences[during] / 12, number)
  switch (measure) {
    case 'downtime': {
      const lost = Math.max(0, Math.round((longestSilenceMs - 1_000) / 1_000))
      const sent = 26 + lost
      return { kind: measure, intervalMs: 1_000, sent, received: sent - lost, lost, duplicated: 0, longestSilenceMs }
    }
    case 'transfer': {
      const bytesPerSecond = wave(isMoving ? 8_900_000 : 11_600_000, 300_000, number)
      const tookMs = Math.round(102_000_000 / (bytesPerSecond / 1_000))
      const took = {
        downloads: 1,
        bytes: 102_000_000,
        expectedBytes: 102_000_000,
        tookMs,
        bytesPerSecond,
        broken: false,
      }
      return { kind: measure, ...took, longestSilenceMs: isMoving ? wave(310, 40, number) : wave(12, 2, number) }
    }
    case 'load': {
      const requestsPerSecond = wave(isMoving ? 2_340 : 2_790, 90, number)
      const tookMs = Math.round(20_000_000 / requestsPerSecond)
      const counted = { connections: 10, requests: 20_000, answered: 20_000, lost: 0, duplicated: 0, broken: 0 }
      const rates = { bytes: 9_600_000, tookMs, requestsPerSecond, bytesPerSecond: 480 * requestsPerSecond }
      const meanMs = Math.round(1e6 / requestsPerSecond / 10) / 10
      const times = { meanMs, p50Ms: meanMs * 0.8, p90Ms: meanMs * 1.7, p99Ms: meanMs * (isMoving ? 6 : 2.4) }
      const slowestMs = isMoving ? wave(330, 40, number) : wave(21, 3, number)
      return { kind: measure, ...counted, ...rates, ...times, slowestMs, longestSilenceMs: slowestMs }
    }
  }
}

/** A drill that is over, of so many runs of each; a load during a power cut would break. */
export function drillResult(change: Partial<DrillResult> = {}, plan: Partial<DrillPlan> = {}, runs = 5): DrillResult {
  const began = 1_767_225_600_000
  const of: DrillPlan = {
    ...{ ...usualPlan, guest: guestId('web'), measures: ['downtime', 'transfer', 'load'], runs },
    ...{ during: ['nothing', 'live-migration'], transferPath: '/files/large.iso', ...plan },
  }
  const all = Array.from({ length: runs }, (_, index) =>
    of.measures.flatMap((measure) =>
      of.during.map((during, place): DrillRun => {
        const actMs = during === 'nothing' ? null : silences[during] + 3_000
        const at = wallTime(began + (index * of.during.length + place) * 60_000)
        const outcome = outcomeOf(measure, during, index + 1)
        return { measure, during, number: index + 1, at, actMs, covered: true, outcome }
      }),
    ),
  ).flat()
  return {
    ...{ id: drillId('web-t4x2k1'), plan: of, by: 'ana', at: wallTime(began), endedAt: wallTime(began + 1_800_000) },
    ...{ host: hostId('h1'), runs: all, stopped: null, restore: { kind: 'restored' }, ...change },
  }
}

/** With what a month of drilling leaves. */
export function drilledOffice(speed = usualSpeed): DrillDaemon {
  const downtimes: Partial<DrillPlan> = {
    ...{ measures: ['downtime'], during: ['nothing', 'reboot', 'cold-move', 'live-migration', 'power-cut'] },
  }
  return new DrillDaemon(spread(), speed).keep(
    drillResult(),
    drillResult({ id: drillId('web-t4x1aa'), at: wallTime(1_767_139_200_000) }, downtimes),
    drillResult(
      {
        ...{ id: drillId('erp-t4w0zz'), at: wallTime(1_767_052_800_000), by: 'schedule weekly' },
        stopped: { code: 'guest-left', guest: guestId('db'), was: 'ready', is: 'failed' },
        restore: { kind: 'left', subjects: ['db'] },
      },
      { guest: guestId('erp'), measures: ['downtime'], during: ['reboot'] },
      1,
    ),
  )
}
