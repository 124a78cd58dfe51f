import type { FastifyInstance } from 'fastify'
import type { TSchema } from 'typebox'
import { type GuestAction, paths, patterns } from '../contract/protocol.ts'
import {
  GuestShutdownRequest,
  LaunchRequest,
  MemoryRequest,
  NothingRequest,
  ShutdownRequest,
  WatchRequest,
} from '../contract/wishes.ts'
import { admitted } from '../core/views/admission.ts'
import { planClear, planMemory, planPause, planResume, planUnmanage, planWatch } from '../core/views/guest-plan.ts'
import { planHostShutdown } from '../core/views/host-shutdown-plan.ts'
import { planLaunch } from '../core/views/launch-plan.ts'
import { planShutdown } from '../core/views/shutdown-plan.ts'
import { Fault } from '../model/fault.ts'
import type { Serving } from './serving.ts'
import type { Planning } from './wishes.ts'

type Named = { readonly Params: { readonly guest: string } }

interface Command<Body> {
  readonly said: string
  readonly plan: Planning
  readonly body?: Body
}

/** Everything here writes a wish and nothing else; the leader does the rest. */
export function commandRoutes(app: FastifyInstance, serving: Serving): void {
  app.post<{ Body: LaunchRequest }>(paths.launch, schema(LaunchRequest), async (request) => {
    const { guests = [], force = false } = request.body
    return serving.wishes.command(launching(guests, force), saidOf('launch', { force }), request.caller)
  })

  app.post<{ Body: ShutdownRequest }>(paths.shutdown, schema(ShutdownRequest), async (request) => {
    const { guests = [], dependents = false, force = false, untilBoot = false } = request.body
    if (untilBoot && (guests.length > 0 || dependents || force)) {
      throw new Fault('bad-request', 'not-done', { field: 'untilBoot' })
    }
    const plan: Planning = untilBoot
      ? (view) => planHostShutdown(view, serving.powers.host)
      : (view) => planShutdown(view, { guests, dependents, force })
    const said = saidOf('shutdown', { dependents, force, 'until-boot': untilBoot })
    return serving.wishes.command(plan, said, request.caller)
  })

  guestCommand(app, serving, 'launch', NothingRequest, (guest) => ({
    said: 'launch',
    plan: launching([guest], false),
  }))
  guestCommand<{ dependents?: boolean; force?: boolean }>(
    app,
    serving,
    'shutdown',
    GuestShutdownRequest,
    (guest, body) => {
      const { dependents = false, force = false } = body
      return {
        said: saidOf('shutdown', { dependents, force }),
        plan: (view) => planShutdown(view, { guests: [guest], dependents, force }),
      }
    },
  )
  guestCommand(app, serving, 'pause', NothingRequest, (guest) => ({
    said: 'pause',
    plan: (view) => planPause(view, guest),
  }))
  guestCommand(app, serving, 'resume', NothingRequest, (guest) => ({
    said: 'resume',
    plan: (view) => planResume(view, guest),
  }))
  guestCommand(app, serving, 'clear', NothingRequest, (guest) => ({
    said: 'clear',
    plan: (view) => planClear(view, guest),
  }))
  guestCommand(app, serving, 'unmanage', NothingRequest, (guest) => ({
    said: 'unmanage',
    plan: (view) => planUnmanage(view, guest),
  }))
  guestCommand<WatchRequest>(app, serving, 'watch', WatchRequest, (guest, { on }) => ({
    said: on ? 'watch on' : 'watch off',
    plan: (view) => planWatch(view, guest, on),
  }))
  guestCommand<MemoryRequest>(app, serving, 'memory', MemoryRequest, (guest, { memoryMib }) => ({
    said: memoryMib === null ? 'memory as in the file' : `memory ${memoryMib} MiB`,
    plan: (view) => planMemory(view, guest, memoryMib),
  }))
}

/** Admission (N+1) says no to what the planned launch alone would allow. */
function launching(guests: readonly string[], force: boolean): Planning {
  return (view) => {
    const plan = planLaunch(view, guests)
    return force ? plan : admitted(view, plan)
  }
}

function guestCommand<Body>(
  app: FastifyInstance,
  serving: Serving,
  action: GuestAction,
  body: TSchema,
  command: (guest: string, body: Body) => Command<Body>,
): void {
  app.post<Named & { Body: Body }>(patterns.guestDo(action), schema(body), async (request) => {
    const { said, plan } = command(request.params.guest, request.body as Body)
    return serving.wishes.command(plan, said, request.caller)
  })
}

/** Whose guests they are is looked at where the plan is known. */
function schema(body: TSchema) {
  return { schema: { body }, config: { access: 'operator' } } as const
}

function saidOf(word: string, options: Readonly<Record<string, boolean>>): string {
  return [
    word,
    ...Object.keys(options)
      .filter((name) => options[name])
      .map((name) => `--${name}`),
  ].join(' ')
}
