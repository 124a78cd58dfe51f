import type { ApplyRefusalView, ApplyRequest, ApplyResult, ClusterFileView } from '../contract/apply.ts'
import type {
  AvailabilityQuery,
  AvailabilityView,
  ForesightPlayRequest,
  ForesightPlayView,
  ForesightQuery,
  ForesightView,
} from '../contract/availability.ts'
import type { DoctorResult, HealthView } from '../contract/doctor.ts'
import type { DrillBegun, DrillRequest, DrillsView, DrillView } from '../contract/drills.ts'
import type { ErrorBody } from '../contract/error.ts'
import type { EventsQuery, EventsView } from '../contract/events.ts'
import type { GuestView, WhyView } from '../contract/guest.ts'
import type { ArmRequest, DoneResult, FenceTestRequest, FenceTestResult } from '../contract/hosts.ts'
import type { LiveQuery } from '../contract/live.ts'
import type {
  ConsoleTicket,
  ConsoleTicketRequest,
  MetricsHistoryQuery,
  MetricsHistoryView,
  MetricsNowView,
} from '../contract/metrics.ts'
import type {
  GuestReasonView,
  MaintenanceRequest,
  MigrateRequest,
  MovesResult,
  RebalanceRequest,
} from '../contract/moves.ts'
import type { PlanRequest, PlanView } from '../contract/plan.ts'
import {
  consoleProtocol,
  doctorMs,
  fenceTestMs,
  type GuestAction,
  idempotencyHeader,
  paths,
  reckonMs,
  speakerHeader,
  whatIfMs,
} from '../contract/protocol.ts'
import type { StatusView } from '../contract/status.ts'
import type { TaskResult, TasksView } from '../contract/tasks.ts'
import type { WhatIfRequest, WhatIfView } from '../contract/what-if.ts'
import type { LaunchRequest, ShutdownRequest, WishResult } from '../contract/wishes.ts'
import type { StoredEvent } from '../model/event.ts'
import { Fault, faultData } from '../model/fault.ts'
import type { Problem } from '../model/file/problem.ts'
import { type AccessClient, accessClient } from './access-client.ts'
import { type Live, type LivePiece, liveAll, liveEvents, liveStatus } from './live.ts'
import type { Transport, TransportLine, TransportRequest, TransportStream } from './transport.ts'

/** What the daemon refused or could not do, with all it said. */
export class RemoteFault extends Fault {
  readonly problems: readonly Problem[]
  readonly refusals: readonly ApplyRefusalView[]
  /** Of each guest that a command cannot be done to. */
  readonly reasons: readonly GuestReasonView[]

  constructor({ fault, problems = [], refusals = [], reasons = [] }: ErrorBody) {
    super(fault.code, fault.outcome, fault.details)
    this.problems = problems
    this.refusals = refusals
    this.reasons = reasons
  }
}

/** The daemon, as its clients see it. Every call throws a Fault: of the connection, or (RemoteFault) of the daemon. */
export interface Client {
  status(): Promise<StatusView>
  guest(guest: string): Promise<GuestView>
  why(guest: string): Promise<WhyView>
  events(query: EventsQuery): Promise<EventsView>
  clusterFile(): Promise<ClusterFileView>
  doctor(): Promise<DoctorResult>
  ready(): Promise<HealthView>
  launch(request: LaunchRequest): Promise<WishResult>
  shutdown(request: ShutdownRequest): Promise<WishResult>
  pause(guest: string): Promise<WishResult>
  resume(guest: string): Promise<WishResult>
  watch(guest: string, on: boolean): Promise<WishResult>
  memory(guest: string, memoryMib: number | null): Promise<WishResult>
  /** Failures forgotten; wished as the file says. */
  clear(guest: string): Promise<WishResult>
  unmanage(guest: string): Promise<WishResult>
  migrate(request: MigrateRequest): Promise<MovesResult>
  rebalance(request: RebalanceRequest): Promise<MovesResult>
  maintenance(host: string, request: MaintenanceRequest): Promise<MovesResult>
  /** Whoever calls this has asked the person for the host's name again. */
  swearDead(host: string): Promise<DoneResult>
  arm(request: ArmRequest): Promise<DoneResult>
  fence(host: string): Promise<DoneResult>
  fenceReset(): Promise<DoneResult>
  fenceTest(host: string, request: FenceTestRequest): Promise<FenceTestResult>
  /** What the loss of hosts would come to. */
  whatIf(request: WhatIfRequest): Promise<WhatIfView>
  /** Figures, failures, promises of a time; without one the last 30 days. */
  availability(query: AvailabilityQuery): Promise<AvailabilityView>
  /** What is to be expected of the cluster, or with a change of it. */
  foresight(query: ForesightQuery): Promise<ForesightView>
  /** The same, played with the real core. */
  foresightPlay(request: ForesightPlayRequest): Promise<ForesightPlayView>
  /** Which hosts are needed, or what they cost. */
  plan(request: PlanRequest): Promise<PlanView>
  /** What was asked for by command and takes its time, newest first. */
  tasks(): Promise<TasksView>
  task(id: string): Promise<TaskResult>
  /** What has not begun of it is taken back. */
  cancelTask(id: string): Promise<TaskResult>
  drills(): Promise<DrillsView>
  /** One that is over. */
  drill(id: string): Promise<DrillView>
  /** It goes on by itself. */
  beginDrill(request: DrillRequest): Promise<DrillBegun>
  stopDrill(id: string): Promise<DoneResult>
  /** All that the leader knows, as `snapshotText` writes it. */
  snapshot(): Promise<object>
  apply(request: ApplyRequest): Promise<ApplyResult>
  /** Figures of a guest, host or service over time: `guest:web`, `host:h1`, `service:web/80`. */
  metricsHistory(query: MetricsHistoryQuery): Promise<MetricsHistoryView>
  /** The newest figures of all hosts and guests. */
  metricsNow(): Promise<MetricsNowView>
  /** The XML of a guest as its hypervisor has it now. */
  guestXml(guest: string): Promise<string>
  /** For one WebSocket, at once (`ConsoleTicket`). */
  consoleTicket(guest: string, request: ConsoleTicketRequest): Promise<ConsoleTicket>
  /** The guest's serial console. `force`: taken from whoever has it open. */
  console(guest: string, force: boolean): Promise<TransportLine>
  /** The status now and after each change, until `signal`. */
  liveStatus(signal: AbortSignal): AsyncIterable<Live<StatusView>>
  /** Each event once, in order, until `signal`. `after`: the id before the first one wanted; without it from now on. */
  liveEvents(query: EventsQuery, signal: AbortSignal): AsyncIterable<Live<StoredEvent>>
  /** Both in one connection, until `signal`. `after` as above. */
  live(query: LiveQuery, signal: AbortSignal): AsyncIterable<Live<LivePiece>>
  /** Who may come in, and what they did. */
  readonly access: AccessClient
  close(): void
}

/** A daemon that is started again answers within a second or two. */
const writesAgain = 3
const writeAgainMs = 1_000

/** `by`: who speaks, for the history. */
export function createClient(transport: Transport, by = ''): Client {
  const said: Record<string, string> = by === '' ? {} : { [speakerHeader]: by }
  const get = <T>(path: string): Promise<T> => ask<T>(transport, 'GET', path, said, null)
  const post = <T>(path: string, body: object): Promise<T> => write<T>(transport, path, said, body)
  const guestDo = (guest: string, action: GuestAction, body: object = {}): Promise<WishResult> =>
    post(paths.guestDo(guest, action), body)
  const opener = (path: string, signal: AbortSignal) => (lastId: string | null) =>
    openStream(transport, path, lastId, signal)
  return {
    status: () => get(paths.status),
    guest: (guest) => get(paths.guest(guest)),
    why: (guest) => get(paths.why(guest)),
    events: (query) => get(paths.events + queryText(query)),
    clusterFile: () => get(paths.clusterFile),
    doctor: () => ask(transport, 'GET', paths.doctor, said, null, { answerMs: doctorMs }),
    ready: () => ask(transport, 'GET', paths.ready, said, null, { alsoGood: [503] }),
    launch: (request) => post(paths.launch, request),
    shutdown: (request) => post(paths.shutdown, request),
    pause: (guest) => guestDo(guest, 'pause'),
    resume: (guest) => guestDo(guest, 'resume'),
    watch: (guest, on) => guestDo(guest, 'watch', { on }),
    memory: (guest, memoryMib) => guestDo(guest, 'memory', { memoryMib }),
    clear: (guest) => guestDo(guest, 'clear'),
    unmanage: (guest) => guestDo(guest, 'unmanage'),
    migrate: (request) => post(paths.migrate, request),
    rebalance: (request) => post(paths.rebalance, request),
    maintenance: (host, request) => post(paths.hostDo(host, 'maintenance'), request),
    swearDead: (host) => post(paths.hostDo(host, 'swear-dead'), { isDead: host }),
    arm: (request) => post(paths.arm, request),
    fence: (host) => post(paths.hostDo(host, 'fence'), {}),
    fenceReset: () => post(paths.fenceReset, {}),
    fenceTest: (host, request) =>
      ask(transport, 'POST', paths.hostDo(host, 'fence-test'), said, request, { answerMs: fenceTestMs }),
    whatIf: (request) => ask(transport, 'POST', paths.whatIf, said, request, { answerMs: whatIfMs }),
    availability: (query) =>
      ask(transport, 'GET', paths.availability + queryText(query), said, null, { answerMs: reckonMs }),
    foresight: (query) => ask(transport, 'GET', paths.foresight + queryText(query), said, null, { answerMs: reckonMs }),
    foresightPlay: (request) => ask(transport, 'POST', paths.foresightPlay, said, request, { answerMs: reckonMs }),
    plan: (request) => ask(transport, 'POST', paths.plan, said, request, { answerMs: reckonMs }),
    tasks: () => get(paths.tasks),
    task: (id) => get(paths.task(id)),
    cancelTask: (id) => post(paths.taskCancel(id), {}),
    drills: () => get(paths.drills),
    drill: (id) => get(paths.drill(id)),
    beginDrill: (request) => ask(transport, 'POST', paths.drills, said, request),
    stopDrill: (id) => post(paths.drillStop(id), {}),
    snapshot: () => get(paths.snapshot),
    apply: (request) => post(paths.apply, request),
    metricsHistory: (query) => get(`${paths.metricsHistory}?${new URLSearchParams({ ...query }).toString()}`),
    metricsNow: () => get(paths.metricsNow),
    async guestXml(guest) {
      const path = paths.guestXml(guest)
      const { status, body } = await transport.request({ method: 'GET', path, headers: said, body: null })
      if (status !== 200) throw refused(status, body)
      return body
    },
    consoleTicket: (guest, request) => post(paths.consoleTicket(guest), request),
    async console(guest, force) {
      const request = { method: 'GET', path: paths.console(guest, force), headers: said, body: null } as const
      const answer = await transport.upgrade(request, consoleProtocol)
      if ('output' in answer) return answer
      throw refused(answer.status, answer.body)
    },
    liveStatus: (signal) => liveStatus(opener(paths.statusStream, signal), signal),
    liveEvents: (query, signal) => liveEvents(opener(paths.eventsStream + queryText(query), signal), signal),
    live: (query, signal) => liveAll(opener(paths.live + queryText(query), signal), signal),
    access: accessClient((method, path, body) => ask(transport, method, path, said, body)),
    close: () => transport.close(),
  }
}

/**
 * A write carries a key of its own, so that it is done once even where it is sent twice: when the connection broke in the middle it
 * is sent again, and the answer is that of the first one.
 */
async function write<T>(
  transport: Transport,
  path: string,
  said: Readonly<Record<string, string>>,
  body: object,
): Promise<T> {
  const headers = { ...said, [idempotencyHeader]: crypto.randomUUID() }
  let first: unknown = null
  for (let again = 0; ; again++) {
    try {
      return await ask<T>(transport, 'POST', path, headers, body)
    } catch (error) {
      const { code, outcome } = faultData(error)
      // Once it may have been done, that nobody answers now tells nothing of it.
      const broke = code === 'daemon-absent' && (outcome === 'unknown' || first !== null)
      if (!broke && code !== 'still-in-work') throw error
      first ??= error
      if (again === writesAgain) throw first
      await new Promise((resolve) => setTimeout(resolve, writeAgainMs))
    }
  }
}

async function ask<T>(
  transport: Transport,
  method: TransportRequest['method'],
  path: string,
  said: Readonly<Record<string, string>>,
  body: object | null,
  { alsoGood = [], answerMs }: { readonly alsoGood?: readonly number[]; readonly answerMs?: number } = {},
): Promise<T> {
  const headers = body === null ? said : { ...said, 'content-type': 'application/json' }
  const text = body === null ? null : JSON.stringify(body)
  const limit = answerMs === undefined ? {} : { answerMs }
  const answer = await transport.request({ method, path, headers, body: text, ...limit })
  if ((answer.status >= 200 && answer.status < 300) || alsoGood.includes(answer.status)) return parsed<T>(answer.body)
  throw refused(answer.status, answer.body)
}

async function openStream(
  transport: Transport,
  path: string,
  lastId: string | null,
  signal: AbortSignal,
): Promise<TransportStream> {
  const headers = { accept: 'text/event-stream', ...(lastId === null ? {} : { 'last-event-id': lastId }) }
  const stream = await transport.stream({ method: 'GET', path, headers, body: null }, signal)
  if (stream.status === 200) return stream
  let body = ''
  for await (const piece of stream.pieces) body += piece
  throw refused(stream.status, body)
}

function refused(status: number, body: string): Fault {
  try {
    const said = JSON.parse(body) as Partial<ErrorBody>
    if (said.fault?.code) return new RemoteFault(said as ErrorBody)
  } catch {
    // Not one of ours: said below with what came instead.
  }
  return new Fault('bad-data', 'unknown', { where: 'vigiad', text: `HTTP ${status} ${body.slice(0, 200)}` })
}

function parsed<T>(body: string): T {
  try {
    return JSON.parse(body) as T
  } catch (error) {
    throw new Fault('bad-data', 'unknown', { where: 'vigiad', text: body.slice(0, 200) }, { cause: error })
  }
}

function queryText(query: Readonly<Record<string, string | undefined>>): string {
  const entries = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return entries.length === 0 ? '' : `?${new URLSearchParams(entries).toString()}`
}
