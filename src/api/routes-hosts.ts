import type { FastifyInstance } from 'fastify'
import type { DoneResult, FenceTestResult } from '../contract/hosts.ts'
import { ArmRequest, FenceTestRequest, SwearDeadRequest } from '../contract/hosts.ts'
import type { MovesResult } from '../contract/moves.ts'
import { MaintenanceRequest, MigrateRequest, RebalanceRequest } from '../contract/moves.ts'
import { fenceTestMs, paths, patterns, schemaVersion } from '../contract/protocol.ts'
import { NothingRequest } from '../contract/wishes.ts'
import { planArm, planDisarm, planFence, planFenceReset, planSwearDead } from '../core/views/host-plan.ts'
import { planMaintenance } from '../core/views/maintenance-plan.ts'
import { planMigrate, requireHost } from '../core/views/move-plan.ts'
import { planRebalance } from '../core/views/rebalance-plan.ts'
import type { WishPlan } from '../core/views/wish-plan.ts'
import type { Access } from '../model/access.ts'
import { Fault } from '../model/fault.ts'
import { formatMs } from '../model/units.ts'
import { autostartingGuests } from './apply.ts'
import { Refused } from './refused.ts'
import type { Serving } from './serving.ts'

type Named = { readonly Params: { readonly host: string } }

/** Commands about hosts, and about where guests are. Each writes a wish and nothing else; the leader does the rest. */
export function hostRoutes(app: FastifyInstance, serving: Serving): void {
  moveRoutes(app, serving)
  fencingRoutes(app, serving)
}

function moveRoutes(app: FastifyInstance, { wishes }: Serving): void {
  app.post<{ Body: MigrateRequest }>(
    paths.migrate,
    body(MigrateRequest, 'operator'),
    async (request): Promise<MovesResult> => {
      const { guests, to = null, cold = false, dryRun = false } = request.body
      const said = ['migrate', ...(to === null ? [] : [to]), ...(cold ? ['--cold'] : [])].join(' ')
      const plan = await wishes.carryOut(
        (view) => planMigrate(view, { guests, to, cold }),
        said,
        request.caller,
        dryRun,
      )
      return movesResult(plan, dryRun)
    },
  )

  app.post<{ Body: RebalanceRequest }>(paths.rebalance, body(RebalanceRequest, 'operator'), async (request) => {
    const { dryRun = false } = request.body
    return movesResult(await wishes.carryOut(planRebalance, 'rebalance', request.caller, dryRun), dryRun)
  })

  app.post<Named & { Body: MaintenanceRequest }>(
    patterns.hostDo('maintenance'),
    body(MaintenanceRequest),
    async (request): Promise<MovesResult> => {
      const { on, dryRun = false, force = false } = request.body
      const { host } = request.params
      const said = `maintenance ${host} ${on ? 'on' : 'off'}`
      // Who only asks is told what stands in the way.
      const plan = await wishes.carryOut(
        (view) => planMaintenance(view, { host, on, force: force || dryRun }),
        said,
        request.caller,
        dryRun,
      )
      return movesResult(plan, dryRun)
    },
  )
}

function fencingRoutes(app: FastifyInstance, { wishes, powers, view }: Serving): void {
  app.post<Named & { Body: SwearDeadRequest }>(
    patterns.hostDo('swear-dead'),
    body(SwearDeadRequest),
    async (request): Promise<DoneResult> => {
      const { host } = request.params
      if (request.body.isDead !== host) {
        throw new Fault('bad-request', 'not-done', { field: 'isDead', expected: host, got: request.body.isDead })
      }
      const { caller } = request
      return done(await wishes.carryOut((now) => planSwearDead(now, host, caller.name), `swear-dead ${host}`, caller))
    },
  )

  app.post<Named>(patterns.hostDo('fence'), body(NothingRequest), async (request): Promise<DoneResult> => {
    const { host } = request.params
    return done(await wishes.carryOut((now) => planFence(now, host), `fence ${host}`, request.caller))
  })

  app.post(paths.fenceReset, body(NothingRequest), async (request): Promise<DoneResult> => {
    return done(await wishes.carryOut(planFenceReset, 'fence reset', request.caller))
  })

  app.post<Named & { Body: FenceTestRequest }>(
    patterns.hostDo('fence-test'),
    body(FenceTestRequest),
    async (request): Promise<FenceTestResult> => {
      if (powers.testFence === undefined) throw new Fault('not-supported', 'not-done', { action: 'fence' })
      const found = requireHost(view(), request.params.host)
      if ('kind' in found) throw new Refused(found)
      // An answer that is long in coming is no idle connection.
      request.raw.socket?.setTimeout?.(fenceTestMs)
      return { schemaVersion, devices: await powers.testFence(found.id, request.body.takePower) }
    },
  )

  app.post<{ Body: ArmRequest }>(paths.arm, body(ArmRequest), async (request): Promise<DoneResult> => {
    const { armed, forMs = null, force = false } = request.body
    if (armed && forMs !== null) throw new Fault('bad-request', 'not-done', { field: 'forMs' })
    const by = request.caller
    if (!armed) {
      const said = forMs === null ? 'disarm' : `disarm for ${formatMs(forMs)}`
      return done(await wishes.carryOut((now) => planDisarm(now, forMs), said, by))
    }
    const autostarting = (await autostartingGuests(powers, view().compiled.spec)) ?? []
    return done(await wishes.carryOut((now) => planArm(now, { force, autostarting }), 'arm', by))
  })
}

function movesResult(plan: WishPlan, dryRun: boolean): MovesResult {
  const { changes, hostChanges, already, moves = [], stays = [] } = plan
  const changed = changes.size > 0 || (hostChanges?.size ?? 0) > 0
  return { schemaVersion, dryRun, changed, moves, already, stays }
}

function done({ hostChanges, armed, resetFencing }: WishPlan): DoneResult {
  const changed = (hostChanges?.size ?? 0) > 0 || armed !== undefined || resetFencing === true
  return { schemaVersion, changed }
}

function body(schema: object, access: Access = 'administrator') {
  return { schema: { body: schema }, config: { access } }
}
