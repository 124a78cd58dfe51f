import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { TSchema } from 'typebox'
import { ArmRequest, DoneResult, FenceTestRequest, FenceTestResult, SwearDeadRequest } from '../contract/hosts.ts'
import { MaintenanceRequest, MigrateRequest, MovesResult, RebalanceRequest } from '../contract/moves.ts'
import { fenceTestMs, paths, patterns, schemaVersion } from '../contract/protocol.ts'
import { HostParams } from '../contract/schema.ts'
import { NothingRequest } from '../contract/wishes.ts'
import { planArm, planDisarm, planFence, planFenceReset, planSwearDead } from '../core/views/host-plan.ts'
import { planMaintenance } from '../core/views/maintenance-plan.ts'
import { planMigrate, requireHost } from '../core/views/move-plan.ts'
import { planRebalance } from '../core/views/rebalance-plan.ts'
import { Fault } from '../model/fault.ts'
import { formatMs } from '../model/units.ts'
import { autostartingGuests } from './apply.ts'
import { Refused } from './refused.ts'
import { described, doneOnce, typed } from './route.ts'
import type { Serving } from './serving.ts'
import type { Accepted, Planning } from './wishes.ts'

/** Commands about hosts, and about where guests are. Each writes a wish and nothing else; the leader does the rest. */
export function hostRoutes(app: FastifyInstance, serving: Serving): void {
  moveRoutes(app, serving)
  fencingRoutes(app, serving)
}

function moveRoutes(app: FastifyInstance, { wishes }: Serving): void {
  const routes = typed(app)

  const migrate = doneOnce(
    described(
      {
        access: 'operator',
        tag: 'guests',
        summary: 'Move guests to another host, or each to the best one; all of them or none',
      },
      { body: MigrateRequest, response: { 200: MovesResult } },
    ),
  )
  routes.post(paths.migrate, migrate, async (request) => {
    const { guests, to = null, cold = false, dryRun = false } = request.body
    const said = ['migrate', ...(to === null ? [] : [to]), ...(cold ? ['--cold'] : [])].join(' ')
    return wishes.carryOut(
      {
        plan: (view) => planMigrate(view, { guests, to, cold }),
        said,
        dryRun,
        task: { kind: 'migrate' },
        ...asked(request),
      },
      (accepted) => movesResult(accepted, dryRun),
    )
  })

  const rebalance = doneOnce(
    described(
      { access: 'operator', tag: 'hosts', summary: 'Even the hosts out by the fewest moves' },
      { body: RebalanceRequest, response: { 200: MovesResult } },
    ),
  )
  routes.post(paths.rebalance, rebalance, async (request) => {
    const { dryRun = false } = request.body
    return wishes.carryOut(
      { plan: planRebalance, said: 'rebalance', dryRun, task: { kind: 'rebalance' }, ...asked(request) },
      (accepted) => movesResult(accepted, dryRun),
    )
  })

  const maintenance = ofHost('Empty a host for work on it, or take that back', MaintenanceRequest, MovesResult)
  routes.post(patterns.hostDo('maintenance'), maintenance, async (request) => {
    const { on, dryRun = false, force = false } = request.body
    const { host } = request.params
    const said = `maintenance ${host} ${on ? 'on' : 'off'}`
    // Who only asks is told what stands in the way.
    const plan: Planning = (view) => planMaintenance(view, { host, on, force: force || dryRun })
    return wishes.carryOut(
      { plan, said, dryRun, ...(on && { task: { kind: 'maintenance', host } }), ...asked(request) },
      (accepted) => movesResult(accepted, dryRun),
    )
  })
}

function fencingRoutes(app: FastifyInstance, { wishes, powers, view }: Serving): void {
  const routes = typed(app)

  const swearDead = ofHost(
    'Swear that a host is dead, so that its guests may start elsewhere',
    SwearDeadRequest,
    DoneResult,
  )
  routes.post(patterns.hostDo('swear-dead'), swearDead, async (request) => {
    const { host } = request.params
    if (request.body.isDead !== host) {
      throw new Fault('bad-request', 'not-done', { field: 'isDead', expected: host, got: request.body.isDead })
    }
    const plan: Planning = (now) => planSwearDead(now, host, request.caller.name)
    return wishes.carryOut({ plan, said: `swear-dead ${host}`, ...asked(request) }, done)
  })

  const fence = ofHost('Take the power of a host', NothingRequest, DoneResult)
  routes.post(patterns.hostDo('fence'), fence, async (request) => {
    const { host } = request.params
    return wishes.carryOut({ plan: (now) => planFence(now, host), said: `fence ${host}`, ...asked(request) }, done)
  })

  const reset = ofHosts('Begin the count of fenced hosts anew', NothingRequest)
  routes.post(paths.fenceReset, reset, async (request) =>
    wishes.carryOut({ plan: planFenceReset, said: 'fence reset', ...asked(request) }, done),
  )

  // What is only looked at again is no other wish.
  const fenceTest = ofHost('Prove the fence devices of a host', FenceTestRequest, FenceTestResult)
  routes.post(patterns.hostDo('fence-test'), fenceTest, async (request) => {
    if (powers.testFence === undefined) throw new Fault('not-supported', 'not-done', { action: 'fence' })
    const found = requireHost(view(), request.params.host)
    if ('kind' in found) throw new Refused(found)
    // An answer that is long in coming is no idle connection.
    request.raw.socket?.setTimeout?.(fenceTestMs)
    return { schemaVersion, devices: await powers.testFence(found.id, request.body.takePower) }
  })

  const arm = ofHosts('Let hosts be fenced and guests taken from them, or not', ArmRequest)
  routes.post(paths.arm, arm, async (request) => {
    const { armed, forMs = null, force = false } = request.body
    if (armed && forMs !== null) throw new Fault('bad-request', 'not-done', { field: 'forMs' })
    if (!armed) {
      const said = forMs === null ? 'disarm' : `disarm for ${formatMs(forMs)}`
      return wishes.carryOut({ plan: (now) => planDisarm(now, forMs), said, ...asked(request) }, done)
    }
    const autostarting = (await autostartingGuests(powers, view().compiled.spec)) ?? []
    const plan: Planning = (now) => planArm(now, { force, autostarting })
    return wishes.carryOut({ plan, said: 'arm', ...asked(request) }, done)
  })
}

function ofHost<Body extends TSchema, Answer extends TSchema>(summary: string, body: Body, answer: Answer) {
  return doneOnce(
    described(
      { access: 'administrator', tag: 'hosts', summary },
      { params: HostParams, body, response: { 200: answer } },
    ),
  )
}

function ofHosts<Body extends TSchema>(summary: string, body: Body) {
  return doneOnce(
    described({ access: 'administrator', tag: 'hosts', summary }, { body, response: { 200: DoneResult } }),
  )
}

function asked({ caller, once }: FastifyRequest) {
  return { caller, once }
}

function movesResult({ plan, task }: Accepted, dryRun: boolean): MovesResult {
  const { changes, hostChanges, already, moves = [], stays = [] } = plan
  const changed = changes.size > 0 || (hostChanges?.size ?? 0) > 0
  return { schemaVersion, dryRun, changed, moves, already, stays, task }
}

function done({ plan: { hostChanges, armed, resetFencing } }: Accepted): DoneResult {
  const changed = (hostChanges?.size ?? 0) > 0 || armed !== undefined || resetFencing === true
  return { schemaVersion, changed }
}
