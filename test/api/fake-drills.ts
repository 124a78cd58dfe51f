import type { DrillPowers } from '../../src/api/powers.ts'
import {
  type DrillPlan,
  type DrillRefusal,
  type DrillResult,
  type DrillRun,
  drillId,
  type MeasuredOutcome,
  noDeeds,
  type RunningDrill,
  usualPlan,
} from '../../src/model/drill.ts'
import { Fault } from '../../src/model/fault.ts'
import { guestId, hostId, wallTime } from '../../src/model/ids.ts'

const host = hostId('h1')

const pings = (lost: number, longestSilenceMs: number): MeasuredOutcome => ({
  ...{ kind: 'downtime', intervalMs: 1_000, sent: 30, received: 30 - lost, lost, duplicated: 0, longestSilenceMs },
})

const runs: readonly DrillRun[] = [1, 2, 3].flatMap((number): DrillRun[] => [
  {
    ...{ measure: 'downtime', during: 'nothing', number, at: wallTime(0), actMs: null, covered: true },
    outcome: pings(0, 1_001),
  },
  {
    ...{ measure: 'downtime', during: 'cold-move', number, at: wallTime(0), actMs: 14_000, covered: true },
    outcome: pings(12 + number, 13_000 + number * 1_000),
  },
])

/** Drills of a daemon under test: results as they were stored, a drill that begins and is over at the second look. */
export class FakeDrills implements DrillPowers {
  readonly begun: { readonly plan: DrillPlan; readonly by: string; readonly confirmed: boolean }[] = []
  readonly stops: string[] = []
  refusals: readonly DrillRefusal[] = []
  production = true
  results: DrillResult[] = [
    {
      ...{
        id: drillId('web-1'),
        by: 'ana',
        at: wallTime(1_767_000_000_000),
        endedAt: wallTime(1_767_000_300_000),
        host,
      },
      plan: { ...usualPlan, guest: guestId('web'), measures: ['downtime'], during: ['nothing', 'cold-move'] },
      ...{ runs, stopped: null, restore: { kind: 'restored' } },
    },
  ]
  running: RunningDrill | null = null
  /** The next looks at a drill under way find no store. */
  storeless = 0
  #looks = 0

  async all() {
    if (this.running !== null && this.storeless-- > 0)
      throw new Fault('store-lost', 'not-done', { path: 'http://10.0.0.3:2379', text: 'aborted' })
    const { running, results, production } = this
    if (running !== null && ++this.#looks === 2) {
      this.running = null
      this.results = [
        { ...running, endedAt: running.at, runs, stopped: null, restore: { kind: 'restored' } },
        ...results,
      ]
    }
    const schedule = { name: 'weekly', guest: 'web', when: '0 3 * * sun', opensAt: 1_767_495_600_000 }
    return { running, results, production, client: null, schedules: [schedule] }
  }

  async begin(plan: DrillPlan, { by, confirmed, dryRun }: Parameters<DrillPowers['begin']>[1]) {
    const asked = this.production && !confirmed ? [{ code: 'production' } as const] : []
    const refusals = [...this.refusals, ...asked]
    if (refusals.length > 0 || dryRun) return { begun: null, refusals }
    this.begun.push({ plan, by, confirmed })
    this.#looks = 0
    this.running = {
      ...{ id: drillId('web-2'), plan, by, at: wallTime(1_767_100_000_000), host, life: 'x', deeds: noDeeds },
      ...{ before: { guests: [], hosts: [] }, doing: 'measuring', runs: runs.slice(0, 1) },
    }
    return { begun: this.running, refusals: [] }
  }

  async askStop(id: string, by: string) {
    this.stops.push(`${id} ${by}`)
    return this.running?.id === id
  }
}
