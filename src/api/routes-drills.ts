import type { FastifyInstance } from 'fastify'
import { DrillBegun, DrillParams, DrillRequest, DrillsView, DrillView } from '../contract/drills.ts'
import { DoneResult } from '../contract/hosts.ts'
import { paths, patterns, schemaVersion } from '../contract/protocol.ts'
import { NothingRequest } from '../contract/wishes.ts'
import { type DrillPlan, type DrillResult, drillId, usualPlan } from '../model/drill.ts'
import { drillProgress } from '../model/drills/progress.ts'
import { Fault } from '../model/fault.ts'
import { guestId, hostId, serviceKey } from '../model/ids.ts'
import type { DrillPowers } from './powers.ts'
import { described, typed } from './route.ts'
import type { Serving } from './serving.ts'

/** Drills: what was measured, what is under way, and the beginning and end of one. */
export function drillRoutes(app: FastifyInstance, { powers, view }: Serving): void {
  const routes = typed(app)
  const drills = (): DrillPowers => {
    if (powers.drills === undefined) throw new Fault('not-supported', 'not-done', { action: 'drill' })
    return powers.drills
  }

  const all = described(
    {
      access: 'viewer',
      tag: 'cluster',
      summary: 'Drills: the one under way, what earlier ones came to, those to come',
    },
    { response: { 200: DrillsView } },
  )
  routes.get(paths.drills, all, async () => {
    const { running, results, ...rest } = await drills().all()
    return {
      schemaVersion,
      running: running === null ? null : drillProgress(running),
      results: results.map(({ runs, ...one }) => ({ ...one, runs: runs.length })),
      ...rest,
    }
  })

  const one = described(
    { access: 'viewer', tag: 'cluster', summary: 'One drill that is over, with all its runs' },
    { params: DrillParams, response: { 200: DrillView } },
  )
  routes.get(patterns.drill, one, async (request) => {
    const { settings } = view().compiled.spec
    const { results } = await drills().all()
    const { leaseMs, migrationBandwidthMib } = settings
    return { schemaVersion, drill: known(request.params.id, results), settings: { leaseMs, migrationBandwidthMib } }
  })

  const begin = described(
    {
      access: 'administrator',
      tag: 'cluster',
      summary: 'Begin a drill: measure a guest while something is done to it, then put everything back',
      about:
        'It is refused, with every reason, while another one is under way, anything in the cluster is not as wished, or a power cut ' +
        'would leave guests without a host. It goes on by itself; its end can be asked for.',
    },
    { body: DrillRequest, response: { 200: DrillBegun } },
  )
  routes.post(paths.drills, begin, async (request) => {
    const { confirmed = false, dryRun = false, ...wish } = request.body
    view()
    const found = await drills().begin(planOf(wish), { by: request.caller.name, confirmed, dryRun, untilMs: null })
    return { schemaVersion, begun: found.begun?.id ?? null, refusals: found.refusals }
  })

  const stop = described(
    { access: 'administrator', tag: 'cluster', summary: 'End the drill under way; everything is put back' },
    { params: DrillParams, body: NothingRequest, response: { 200: DoneResult } },
  )
  routes.post(patterns.drillStop, stop, async (request) => {
    const changed = await drills().askStop(drillId(request.params.id), request.caller.name)
    return { schemaVersion, changed }
  })
}

function known(id: string, results: readonly DrillResult[]): DrillResult {
  const found = results.find((one) => one.id === id)
  if (found === undefined) throw new Fault('task-unknown', 'not-done', { task: id })
  return found
}

function planOf({ guest, to, service, ...wish }: Omit<DrillRequest, 'confirmed' | 'dryRun'>): DrillPlan {
  return {
    ...{ ...usualPlan, ...wish },
    guest: guestId(guest),
    to: to === undefined ? null : hostId(to),
    service: service === undefined ? null : serviceKey(service),
  }
}
