import { randomBytes } from 'node:crypto'
import { isCancellable } from '../core/task-cancel.ts'
import { type TaskSight, taskSight, withEnds } from '../core/tasks.ts'
import { Fault } from '../model/fault.ts'
import type { TaskRecord } from '../model/task.ts'
import type { Change, Entry, Revision, Transaction } from '../ports/store.ts'
import { storeKeys } from '../ports/store.ts'
import type { CompiledClusters } from './compiled-clusters.ts'
import type { ApiPowers } from './powers.ts'

/** Remembered at once: the oldest that have ended give way first. They lie in the store of the cluster, which has to stay small. */
export const tasksAtMost = 50

/** The cluster is looked at for tasks that run so often at most. */
export const lookMs = 250

/** Steps that ended are written down so often while their task goes on; its end is at once. */
const writeMs = 10_000

/** After a fault of the store. */
const againMs = 5_000

/** A task, and whether something of it could be taken back now. */
export interface TaskNow extends TaskSight {
  readonly cancellable: boolean
}

/**
 * The tasks of the cluster as they stand. T1: what a task is lies in the store, how it stands is told from the cluster, so every vigiad
 * tells the same. T2: the ends of steps are kept by each vigiad as it sees them, and written by the one that leads, so that a step
 * that ended stays so. T3: nothing is decided by them; a task that is lost is only no longer told of.
 */
export interface TaskBook {
  /** Newest first. */
  list(): readonly TaskNow[]
  get(id: string): TaskNow | null
  /** Called with each task that came about or changed, and whether it was dropped. Returns an unsubscribe. */
  subscribe(listener: (task: TaskNow) => void): () => void
  /** What is written beside the wishes of a new one. */
  begun(record: TaskRecord): { readonly put: { key: string; value: string }[]; readonly remove: string[] }
  /** What is written beside the wishes that take it back. */
  cancelled(id: string, by: string): Pick<Transaction, 'when' | 'put'>
  close(): void
}

/** Ids sort as they began. */
export function newTask(task: Omit<TaskRecord, 'id' | 'cancelledBy' | 'endedAt'>): TaskRecord {
  const id = `${task.startedAt.toString(36)}-${randomBytes(2).toString('hex')}`
  return { id, ...task, cancelledBy: null, endedAt: null }
}

export function createTaskBook(powers: ApiPowers, clusters: CompiledClusters): TaskBook {
  return new StoredTasks(powers, clusters)
}

interface Kept {
  /** As stored, with the ends seen since. */
  record: TaskRecord
  revision: Revision
  /** As told of last. */
  text: string
}

class StoredTasks implements TaskBook {
  readonly #powers: ApiPowers
  readonly #clusters: CompiledClusters
  readonly #kept = new Map<string, Kept>()
  readonly #listeners = new Set<(task: TaskNow) => void>()
  readonly #unsubscribe: () => void
  #unwatch: (() => void) | null = null
  #cancelLook: (() => void) | null = null
  #cancelLoad: (() => void) | null = null
  #writtenAt = Number.NEGATIVE_INFINITY
  #closed = false

  constructor(powers: ApiPowers, clusters: CompiledClusters) {
    this.#powers = powers
    this.#clusters = clusters
    this.#unsubscribe = powers.subscribe(() => {
      if (this.#anyRuns()) this.#lookSoon()
    })
    void this.#load()
  }

  list(): readonly TaskNow[] {
    const view = this.#view()
    return [...this.#kept.values()].map(({ record }) => taskNow(record, view)).sort(newestFirst)
  }

  get(id: string): TaskNow | null {
    const kept = this.#kept.get(id)
    return kept === undefined ? null : taskNow(kept.record, this.#view())
  }

  subscribe(listener: (task: TaskNow) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  begun(record: TaskRecord) {
    const others = [...this.#kept.values()].map((kept) => kept.record).sort(endedFirst)
    const tooMany = Math.max(0, others.length + 1 - tasksAtMost)
    return {
      put: [{ key: storeKeys.task(record.id), value: JSON.stringify(record) }],
      remove: others.slice(0, tooMany).map(({ id }) => storeKeys.task(id)),
    }
  }

  cancelled(id: string, by: string): Pick<Transaction, 'when' | 'put'> {
    const kept = this.#kept.get(id)
    if (kept === undefined) throw new Fault('task-unknown', 'not-done', { task: id })
    const key = storeKeys.task(id)
    const record: TaskRecord = { ...kept.record, cancelledBy: by }
    return { when: [{ key, revision: kept.revision }], put: [{ key, value: JSON.stringify(record) }] }
  }

  close(): void {
    this.#closed = true
    this.#unsubscribe()
    this.#unwatch?.()
    this.#cancelLook?.()
    this.#cancelLoad?.()
  }

  async #load(): Promise<void> {
    this.#cancelLoad = null
    const { store, clock, log } = this.#powers
    try {
      const { revision, entries } = await store.read(storeKeys.tasks)
      if (this.#closed) return
      const there = new Set(entries.map(({ key }) => key))
      for (const id of this.#kept.keys()) if (!there.has(storeKeys.task(id))) this.#kept.delete(id)
      for (const entry of entries) this.#take(entry)
      this.#unwatch?.()
      this.#unwatch = store.watch(storeKeys.tasks, revision, {
        changes: (changes) => this.#changed(changes),
        gap: () => void this.#load(),
      })
      this.#look()
    } catch (error) {
      if (this.#closed) return
      log.warn('tasks are not known', { error: String(error) })
      this.#cancelLoad = clock.after(againMs, () => void this.#load())
    }
  }

  #changed(changes: readonly Change[]): void {
    for (const { key, value, revision } of changes) {
      if (value === null) this.#kept.delete(key.slice(storeKeys.tasks.length))
      else this.#take({ key, value, revision })
    }
    this.#look()
  }

  #take({ key, value, revision }: Entry): void {
    const id = key.slice(storeKeys.tasks.length)
    const before = this.#kept.get(id)
    const record = JSON.parse(value) as TaskRecord
    this.#kept.set(id, { record: withEndsOf(before?.record, record), revision, text: before?.text ?? '' })
  }

  #anyRuns(): boolean {
    return [...this.#kept.values()].some(({ record }) => record.endedAt === null)
  }

  #view() {
    return this.#clusters.view(this.#powers.snapshot())
  }

  #lookSoon(): void {
    this.#cancelLook ??= this.#powers.clock.after(lookMs, () => this.#look())
  }

  /** How each one stands; tells of those that changed, and writes down what ended. */
  #look(): void {
    this.#cancelLook?.()
    this.#cancelLook = null
    const view = this.#view()
    const now = this.#powers.clock.wall()
    const ended: { readonly kept: Kept; readonly over: boolean }[] = []
    for (const kept of this.#kept.values()) {
      const record = withEnds(taskSight(kept.record, view), now)
      if (record !== kept.record) ended.push({ kept, over: record.endedAt !== null })
      kept.record = record
      const task = taskNow(record, view)
      const stands = task.steps.map(({ state, bytes }) => [state, bytes])
      const text = JSON.stringify([task.state, stands, task.cancellable, record.endedAt])
      if (text === kept.text) continue
      kept.text = text
      for (const listener of this.#listeners) listener(task)
    }
    void this.#write(ended)
  }

  /** T2: by the vigiad that leads. What is not written now is with the next end. */
  async #write(ended: readonly { readonly kept: Kept; readonly over: boolean }[]): Promise<void> {
    const { clock, store, log, host } = this.#powers
    const { members } = this.#powers.snapshot()
    if (members != null && members.leader !== host) return
    const late = clock.now() - this.#writtenAt >= writeMs
    const due = ended.filter(({ over }) => over || late)
    if (due.length === 0) return
    this.#writtenAt = clock.now()
    for (const { kept } of due) {
      const { record, revision } = kept
      const key = storeKeys.task(record.id)
      const transaction = { when: [{ key, revision }], put: [{ key, value: JSON.stringify(record) }], remove: [] }
      await store.transact(transaction).catch((error: unknown) => {
        log.warn('the end of a task is not written', { task: record.id, error: String(error) })
      })
    }
  }
}

function taskNow(record: TaskRecord, view: Parameters<typeof taskSight>[1]): TaskNow {
  const task = taskSight(record, view)
  return { ...task, cancellable: isCancellable(view, task) }
}

/** What this vigiad saw end has ended, though the store does not say so yet. */
function withEndsOf(before: TaskRecord | undefined, record: TaskRecord): TaskRecord {
  if (before === undefined || record.endedAt !== null || before.steps.length !== record.steps.length) return record
  const steps = record.steps.map((step, place) => {
    const end = step.end ?? before.steps[place]?.end
    return end === undefined ? step : { ...step, end }
  })
  return { ...record, steps, endedAt: before.endedAt }
}

function newestFirst(a: TaskSight, b: TaskSight): number {
  return a.record.id < b.record.id ? 1 : -1
}

function endedFirst(a: TaskRecord, b: TaskRecord): number {
  const [aRuns, bRuns] = [a.endedAt === null ? 1 : 0, b.endedAt === null ? 1 : 0]
  return aRuns - bRuns || (a.id < b.id ? -1 : 1)
}
