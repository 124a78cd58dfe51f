import { schemaVersion } from '../contract/protocol.ts'
import type { WishResult } from '../contract/wishes.ts'
import { overstepped } from '../core/access.ts'
import type { ClusterSnapshot } from '../core/snapshot.ts'
import { stepsOf } from '../core/task-plan.ts'
import type { ClusterView } from '../core/views/cluster-view.ts'
import { clusterView } from '../core/views/cluster-view.ts'
import type { HostChange, HostWishChange, Refusal, WishPlan } from '../core/views/wish-plan.ts'
import { changedWish } from '../core/views/wish-plan.ts'
import type { Caller } from '../model/access.ts'
import { Fault } from '../model/fault.ts'
import type { GuestId, HostId, WallTime } from '../model/ids.ts'
import type { TaskKind, TaskRecord } from '../model/task.ts'
import type { ArmedWish, FencingWish, GuestWish, HostWish } from '../model/wish.ts'
import { noHostWish, noWish } from '../model/wish.ts'
import type { Entry, Transaction } from '../ports/store.ts'
import { storeKeys } from '../ports/store.ts'
import type { CompiledClusters } from './compiled-clusters.ts'
import type { ApiPowers } from './powers.ts'
import { createReceiptKeeper, type Once, readReceipt, receiptOf } from './receipts.ts'
import { Refused } from './refused.ts'
import { newTask, type TaskBook } from './task-book.ts'

/** Two people commanding the same guest at once both get through; more tries than this mean something writes in a loop. */
const conflictTries = 10

export type Planning = (view: ClusterView) => WishPlan | Refusal

/** What a command asks for. */
export interface Order {
  readonly plan: Planning
  /** For the history: the command without the names of guests. */
  readonly said: string
  readonly caller: Caller
  /** Nothing is written. */
  readonly dryRun?: boolean
  /** What it becomes, where it takes its time. Absent: it is done with its writing. */
  readonly task?: { readonly kind: TaskKind; readonly host?: string }
  readonly once?: Once | null
  /** Written with it, as it is then. */
  readonly also?: () => Pick<Transaction, 'when' | 'put'>
}

export interface Accepted {
  readonly plan: WishPlan
  /** Null: it takes no time. */
  readonly task: string | null
}

export interface Wishes {
  /**
   * Plans on the newest wishes, writes them, and answers once they are durable (S12). Throws a Fault for a refusal (S11), and for what is
   * not the caller's to do. The answer to a write that was done before is that of then.
   */
  carryOut<Answer extends object>(order: Order, answer: (accepted: Accepted) => Answer): Promise<Answer>
  /** The same, answered as commands about guests are. */
  command(order: Order): Promise<WishResult>
}

export function createWishes(powers: ApiPowers, clusters: CompiledClusters, tasks: TaskBook): Wishes {
  const receipts = createReceiptKeeper(powers)
  /** Null: somebody else wrote meanwhile. */
  const attempt = async (order: Order, answer: (accepted: Accepted) => object) => {
    const { caller, dryRun = false, once = null } = order
    const stored = await powers.store.read(storeKeys.wishes)
    const entries = new Map(stored.entries.map((entry) => [entry.key, entry]))
    const snapshot = { ...powers.snapshot(), ...wishesOf(stored.entries) }
    const compiled = clusters.of(snapshot)
    if (compiled === null) throw new Fault('refused', 'not-done', { why: 'no-cluster-file' })
    const view = clusterView(compiled, snapshot)
    const planned = order.plan(view)
    if (planned.kind === 'refused') throw new Refused(planned)
    const denied = overstepped(caller, view, planned)
    if (denied !== null) throw new Refused(denied)
    const at = powers.clock.wall()
    const { when, put, remove } = transactionOf(planned, entries, caller.name, at)
    const also = order.also?.() ?? { when: [], put: [] }
    const task = dryRun || put.length === 0 ? null : taskOf(order, planned, view, at)
    const given = answer({ plan: planned, task: task?.id ?? null })
    const begun = task === null ? { put: [], remove: [] } : tasks.begun(task)
    const receipt = dryRun || once === null ? [] : [receiptOf(once, given, at)]
    const transaction = {
      when: [...when, ...also.when, ...receipt.map(({ key }) => ({ key, revision: 0 }))],
      put: [...put, ...also.put, ...begun.put, ...receipt],
      remove: [...remove, ...begun.remove],
    }
    if (dryRun || transaction.put.length === 0) return { given, planned }
    const written = await powers.store.transact(transaction)
    if (written.done) {
      if (receipt.length > 0) receipts.written()
      return { given, planned }
    }
    const before = once === null || !written.conflict.includes(once.key) ? null : await readReceipt(powers.store, once)
    return before === null ? null : { given: before, planned: null }
  }
  const carryOut: Wishes['carryOut'] = async (order, answer) => {
    const { said, caller, dryRun = false } = order
    for (let tries = 0; tries < conflictTries; tries++) {
      const done = await attempt(order, answer)
      if (done === null) continue
      if (!dryRun && done.planned !== null) noteCommand(powers, done.planned, said, caller.name)
      return done.given as ReturnType<typeof answer>
    }
    throw new Fault('daemon-busy', 'not-done', { text: `${conflictTries} others wrote the same wishes meanwhile` })
  }
  return { carryOut, command: (order) => carryOut(order, resultOf) }
}

function taskOf({ task, said, caller }: Order, plan: WishPlan, view: ClusterView, at: WallTime): TaskRecord | null {
  if (task === undefined) return null
  const host = (task.host ?? null) as HostId | null
  const steps = stepsOf(task.kind, plan, view, host)
  if (steps.length === 0) return null
  const hostBefore = host === null ? {} : { host, hostBefore: (view.snapshot.hostWishes.get(host) ?? noHostWish).at }
  return newTask({ kind: task.kind, said, by: caller.name, startedAt: at, ...hostBefore, steps })
}

function wishesOf(entries: readonly Entry[]): Pick<ClusterSnapshot, 'wishes' | 'hostWishes'> {
  const wishes = new Map<GuestId, GuestWish>()
  const hostWishes = new Map<HostId, HostWish>()
  for (const entry of entries) {
    const { key, value } = entry
    if (key.startsWith(storeKeys.guestWishes)) {
      wishes.set(key.slice(storeKeys.guestWishes.length) as GuestId, readWish(entry))
    } else if (key.startsWith(storeKeys.hostWishes)) {
      hostWishes.set(key.slice(storeKeys.hostWishes.length) as HostId, JSON.parse(value) as HostWish)
    }
  }
  return { wishes, hostWishes }
}

/** Fields that an older version did not write get their defaults. */
function readWish(entry: Entry | undefined): GuestWish {
  return entry === undefined ? noWish : { ...noWish, ...(JSON.parse(entry.value) as Partial<GuestWish>) }
}

function transactionOf(
  plan: WishPlan,
  entries: ReadonlyMap<string, Entry>,
  by: string,
  at: GuestWish['at'],
): Transaction {
  const { changes, hosts = new Map(), hostChanges = new Map(), armed, resetFencing } = plan
  const put: { key: string; value: string }[] = []
  const say = (key: string, wish: object): void => void put.push({ key, value: JSON.stringify(wish) })
  for (const [guest, change] of changes) {
    const key = storeKeys.guestWish(guest)
    say(key, changedWish(readWish(entries.get(key)), change, by, at))
  }
  for (const host of new Set<HostId>([...hosts.keys(), ...hostChanges.keys()])) {
    const key = storeKeys.hostWish(host)
    const old = { ...noHostWish, ...parsed<HostWish>(entries.get(key)) }
    say(key, changedHostWish(old, { down: hosts.get(host), more: hostChanges.get(host) }, by, at))
  }
  if (armed !== undefined) {
    const { forMs } = armed
    const wish: ArmedWish = { armed: armed.armed, ...(forMs !== null && { forMs }), by, at }
    say(storeKeys.armed, wish)
  }
  if (resetFencing) {
    const before = parsed<FencingWish>(entries.get(storeKeys.fencingWish))
    const wish: FencingWish = { resetSerial: (before?.resetSerial ?? 0) + 1, by, at }
    say(storeKeys.fencingWish, wish)
  }
  const when = put.map(({ key }) => ({ key, revision: entries.get(key)?.revision ?? 0 }))
  return { when: [...when, ...oathGuards(hostChanges)], put, remove: [] }
}

/** S2 (d): an oath is written only while the host's record is as it was when it was sworn of. */
function oathGuards(changes: ReadonlyMap<HostId, HostWishChange>): Transaction['when'] {
  return [...changes].flatMap(([host, { sworn }]) =>
    sworn === undefined ? [] : [{ key: storeKeys.alive(host), revision: sworn.aliveRevision }],
  )
}

function changedHostWish(
  old: HostWish,
  { down, more = {} }: { readonly down: HostChange | undefined; readonly more: HostWishChange | undefined },
  by: string,
  at: GuestWish['at'],
): HostWish {
  const { downFor: _, ...kept } = old
  const { maintenance, sworn, fence } = more
  return {
    ...(down === undefined
      ? old
      : { ...kept, downInBoot: down.downInBoot, ...(down.downFor && { downFor: down.downFor }) }),
    ...(maintenance !== undefined && { maintenance }),
    ...(sworn !== undefined && { sworn: { ...sworn, by } }),
    ...(fence !== undefined && { fenceSerial: (old.fenceSerial ?? 0) + 1, fenceBoot: fence.bootId }),
    ...{ by, at },
  }
}

function parsed<T>(entry: Entry | undefined): T | null {
  return entry === undefined ? null : (JSON.parse(entry.value) as T)
}

/** The history tells who said what; it never holds up the answer, and its loss is no reason to refuse a durable wish. */
function noteCommand(powers: ApiPowers, plan: WishPlan, said: string, by: string): void {
  const at = powers.clock.wall()
  // Down with the host: one line, not one a guest.
  const hosts = [...(plan.hosts ?? [])].filter(([, change]) => change.downInBoot !== null)
  const told = [
    ...[...plan.changes.keys()].map((guest) => ({ guest, host: powers.host })),
    ...hosts.map(([host]) => ({ guest: null, host })),
    ...[...(plan.hostChanges?.keys() ?? [])].map((host) => ({ guest: null, host })),
    ...(plan.armed !== undefined || plan.resetFencing ? [{ guest: null, host: powers.host }] : []),
  ]
  const events = told.map(({ guest, host }) => ({
    at,
    host,
    actor: 'person' as const,
    word: 'wish' as const,
    guest,
    service: null,
    because: null,
    fault: null,
    note: by === '' ? said : `${said} (${by})`,
  }))
  if (events.length === 0) return
  powers.history.append(events).catch((error: unknown) => {
    powers.log.warn('a command is not in the history', { said, by, error: String(error) })
  })
}

function resultOf({ plan, task }: Accepted): WishResult {
  const { changes, hosts = new Map(), already, also, skipped, affects, risks } = plan
  const changed = [...changes.keys(), ...[...hosts.values()].flatMap(({ guests }) => guests)]
  return { schemaVersion, changed, already, also, skipped, affects, ...(risks && { risks }), task }
}
