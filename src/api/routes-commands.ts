import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { TSchema } from 'typebox'
import { type GuestAction, paths, patterns } from '../contract/protocol.ts'
import { GuestParams } from '../contract/schema.ts'
import {
  GuestShutdownRequest,
  LaunchRequest,
  MemoryRequest,
  NothingRequest,
  ShutdownRequest,
  WatchRequest,
  WishResult,
} from '../contract/wishes.ts'
import { admitted } from '../core/views/admission.ts'
import { planClear, planMemory, planPause, planResume, planUnmanage, planWatch } from '../core/views/guest-plan.ts'
import { planHostShutdown } from '../core/views/host-shutdown-plan.ts'
import { planLaunch } from '../core/views/launch-plan.ts'
import { planShutdown } from '../core/views/shutdown-plan.ts'
import { Fault } from '../model/fault.ts'
import type { TaskKind } from '../model/task.ts'
import { described, doneOnce, typed } from './route.ts'
import type { Serving } from './serving.ts'
import type { Planning } from './wishes.ts'

interface Command {
  readonly said: string
  readonly plan: Planning
}

/** Everything here writes a wish and nothing else; the leader does the rest. */
export function commandRoutes(app: FastifyInstance, serving: Serving): void {
  const routes = typed(app)
  const launch = command('Launch guests and everything they need; without names all that shall run', LaunchRequest)
  routes.post(paths.launch, launch, async (request) => {
    const { guests = [], force = false } = request.body
    return serving.wishes.command({
      plan: launching(guests, force),
      said: saidOf('launch', { force }),
      task: { kind: 'launch' },
      ...asked(request),
    })
  })

  const shutdown = command('Shut guests down, those that need them first; without names all of them', ShutdownRequest)
  routes.post(paths.shutdown, shutdown, async (request) => {
    const { guests = [], dependents = false, force = false, untilBoot = false } = request.body
    if (untilBoot && (guests.length > 0 || dependents || force)) {
      throw new Fault('bad-request', 'not-done', { field: 'untilBoot' })
    }
    const plan: Planning = untilBoot
      ? (view) => planHostShutdown(view, serving.powers.host)
      : (view) => planShutdown(view, { guests, dependents, force })
    const said = saidOf('shutdown', { dependents, force, 'until-boot': untilBoot })
    const host = untilBoot ? { host: serving.powers.host } : {}
    return serving.wishes.command({ plan, said, task: { kind: 'shutdown', ...host }, ...asked(request) })
  })

  guestCommand(app, serving, 'launch', 'Launch a guest and everything it needs', NothingRequest, (guest) => ({
    said: 'launch',
    plan: launching([guest], false),
  }))
  guestCommand<{ dependents?: boolean; force?: boolean }>(
    app,
    serving,
    'shutdown',
    'Shut a guest down',
    GuestShutdownRequest,
    (guest, body) => {
      const { dependents = false, force = false } = body
      return {
        said: saidOf('shutdown', { dependents, force }),
        plan: (view) => planShutdown(view, { guests: [guest], dependents, force }),
      }
    },
  )
  guestCommand(app, serving, 'pause', 'Suspend a guest until it is resumed', NothingRequest, (guest) => ({
    said: 'pause',
    plan: (view) => planPause(view, guest),
  }))
  guestCommand(app, serving, 'resume', 'Take a pause by hand back', NothingRequest, (guest) => ({
    said: 'resume',
    plan: (view) => planResume(view, guest),
  }))
  guestCommand(
    app,
    serving,
    'clear',
    'Forget the failures of a guest: it is wished as the file says',
    NothingRequest,
    (guest) => ({
      said: 'clear',
      plan: (view) => planClear(view, guest),
    }),
  )
  guestCommand(
    app,
    serving,
    'unmanage',
    'Take the hands off a guest altogether, until it is launched again',
    NothingRequest,
    (guest) => ({
      said: 'unmanage',
      plan: (view) => planUnmanage(view, guest),
    }),
  )
  guestCommand<WatchRequest>(
    app,
    serving,
    'watch',
    'Watch a guest, or leave it alone',
    WatchRequest,
    (guest, { on }) => ({
      said: on ? 'watch on' : 'watch off',
      plan: (view) => planWatch(view, guest, on),
    }),
  )
  guestCommand<MemoryRequest>(
    app,
    serving,
    'memory',
    'Give a guest another amount of memory',
    MemoryRequest,
    (guest, { memoryMib }) => ({
      said: memoryMib === null ? 'memory as in the file' : `memory ${memoryMib} MiB`,
      plan: (view) => planMemory(view, guest, memoryMib),
    }),
  )
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
  summary: string,
  body: TSchema,
  commandOf: (guest: string, body: Body) => Command,
): void {
  const route = doneOnce(
    described(
      { access: 'operator', tag: 'guests', summary },
      { params: GuestParams, body, response: { 200: WishResult } },
    ),
  )
  typed(app).post(patterns.guestDo(action), route, async (request) => {
    const { said, plan } = commandOf(request.params.guest, request.body as Body)
    const kind = taskOf[action]
    return serving.wishes.command({ plan, said, ...(kind !== undefined && { task: { kind } }), ...asked(request) })
  })
}

/** Whose guests they are is looked at where the plan is known. */
function command<Body extends TSchema>(summary: string, body: Body) {
  return doneOnce(described({ access: 'operator', tag: 'guests', summary }, { body, response: { 200: WishResult } }))
}

/** Those that take their time. */
const taskOf: Partial<Record<GuestAction, TaskKind>> = {
  launch: 'launch',
  shutdown: 'shutdown',
  pause: 'pause',
  resume: 'resume',
  memory: 'memory',
}

function asked({ caller, once }: FastifyRequest) {
  return { caller, once }
}

function saidOf(word: string, options: Readonly<Record<string, boolean>>): string {
  return [
    word,
    ...Object.keys(options)
      .filter((name) => options[name])
      .map((name) => `--${name}`),
  ].join(' ')
}
