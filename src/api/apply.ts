import type { ApplyRefusalView, ApplyRequest, ApplyResult, ClusterFileView } from '../contract/apply.ts'
import { schemaVersion } from '../contract/protocol.ts'
import { compileCluster } from '../core/graph.ts'
import { stepsOf } from '../core/task-plan.ts'
import { toldOf, unbearable } from '../core/views/admission.ts'
import type { ApplyDiff, ApplyRefusal } from '../core/views/apply-diff.ts'
import { applyDiff } from '../core/views/apply-diff.ts'
import { type ClusterView, clusterView, sightNamed } from '../core/views/cluster-view.ts'
import type { WishPlan } from '../core/views/wish-plan.ts'
import type { ClusterSpec } from '../model/cluster.ts'
import { Fault } from '../model/fault.ts'
import type { Problem } from '../model/file/problem.ts'
import type { WallTime } from '../model/ids.ts'
import type { StoredCluster } from '../model/stored-cluster.ts'
import type { TaskRecord } from '../model/task.ts'
import type { GuestWish } from '../model/wish.ts'
import { storeKeys } from '../ports/store.ts'
import type { ApiPowers, CheckedFile } from './powers.ts'
import { type Once, readReceipt, receiptOf } from './receipts.ts'
import { newTask, type TaskBook } from './task-book.ts'

/** A refused cluster file: the fault, and what is wrong with it. */
export class FileRefused extends Fault {
  readonly problems: readonly Problem[]
  readonly refusals: readonly ApplyRefusalView[]

  constructor(fault: Fault, problems: readonly Problem[], refusals: readonly ApplyRefusalView[]) {
    super(fault.code, fault.outcome, fault.details)
    this.problems = problems
    this.refusals = refusals
  }
}

export interface Applying {
  readonly by: string
  readonly tasks: TaskBook
  readonly once?: Once | null
}

/** Parse, check, compare with what runs, and unless it is a dry run make it the cluster's file. Answers once that is durable (S12). */
export async function applyFile(powers: ApiPowers, request: ApplyRequest, applying: Applying): Promise<ApplyResult> {
  const { path, text, files = {}, dryRun = false, force = false } = request
  const { by, tasks, once = null } = applying
  const checked = await powers.checkFile({ path, text, files })
  const spec = acceptedSpec(checked, path)
  const stored = await powers.store.read(storeKeys.wishes)
  const snapshot = powers.snapshot()
  const compiled = compileCluster(spec)
  const found = unbearable(compiled, snapshot)
  const told = found === null ? [] : [toldOf(found)]
  const onlyTold = spec.settings.survivePolicy === 'warn'
  const next = clusterView(compiled, snapshot)
  const changes = applyDiff(next)
  // Admission: a file whose guests could not all run on after the losses it asks to bear.
  const diff = onlyTold ? changes : { ...changes, refusals: [...changes.refusals, ...told] }
  if (diff.refusals.length > 0 && !force && !dryRun) throw wouldBreak(diff)
  // Asked before the agent can have settled it.
  const autostarting = await autostartingGuests(powers, spec)
  const before = stored.entries.find((entry) => entry.key === storeKeys.cluster)
  const unchanged =
    before !== undefined && (JSON.parse(before.value) as StoredCluster).source.text === text && isEmpty(diff)
  const appliedAt = powers.clock.wall()
  const task = dryRun || unchanged ? null : launchOf(next, diff, path, by, appliedAt)
  const result = {
    ...resultOf(diff, checked, dryRun, !dryRun && !unchanged),
    ...(autostarting && { autostarting }),
    ...(onlyTold && told.length > 0 && { risks: told }),
    task: task?.id ?? null,
  }
  if (!dryRun && !unchanged) {
    const begun = task === null ? { put: [], remove: [] } : tasks.begun(task)
    const receipt = once === null ? [] : [receiptOf(once, result, appliedAt)]
    const value: StoredCluster = {
      spec,
      source: { path, format: checked.format, text },
      appliedBy: by,
      appliedAt,
    }
    const written = await powers.store.transact({
      when: [
        { key: storeKeys.cluster, revision: before?.revision ?? 0 },
        ...receipt.map(({ key }) => ({ key, revision: 0 })),
      ],
      put: [
        { key: storeKeys.cluster, value: JSON.stringify(value) },
        ...resetWishes(stored.entries, snapshot.cluster?.guests, spec.guests),
        ...begun.put,
        ...receipt,
      ],
      remove: [
        ...diff.removed.map(storeKeys.guestWish).filter((key) => stored.entries.some((entry) => entry.key === key)),
        ...begun.remove,
      ],
    })
    if (!written.done) {
      const done = once === null ? null : await readReceipt(powers.store, once)
      if (done !== null) return done as ApplyResult
      throw new Fault('daemon-busy', 'not-done', { text: 'another file was applied meanwhile' })
    }
    noteApplied(powers, path, diff, by)
  }
  return result
}

/** S9: watched guests that libvirt would start by itself. */
export async function autostartingGuests(powers: ApiPowers, { guests }: ClusterSpec): Promise<string[] | null> {
  const domains = (await powers.autostarting?.()) ?? null
  if (domains === null) return null
  return guests
    .filter(({ source, wish }) => wish !== 'ignored' && source.kind === 'existing' && domains.includes(source.domain))
    .map(({ id }) => id)
}

function acceptedSpec(checked: CheckedFile, path: string): NonNullable<CheckedFile['spec']> {
  const errors = checked.problems.filter((problem) => problem.severity === 'error')
  if (checked.spec !== null && errors.length === 0) return checked.spec
  const fault = new Fault('cluster-file-refused', 'not-done', { file: path, count: errors.length })
  throw new FileRefused(fault, checked.problems, [])
}

function wouldBreak(diff: ApplyDiff): FileRefused {
  const hit = diff.refusals.flatMap(guestsOf)
  const fault = new Fault('needs-force', 'not-done', { guests: [...new Set(hit)].sort() })
  return new FileRefused(fault, [], diff.refusals)
}

function guestsOf(refusal: ApplyRefusal): readonly string[] {
  if ('guest' in refusal) return [refusal.guest]
  return 'guests' in refusal ? refusal.guests : []
}

function isEmpty(diff: ApplyDiff): boolean {
  return diff.added.length + diff.removed.length + diff.changed.length + diff.cluster.length === 0
}

/** A wish newly said by the file is newer than what was said by command before. */
function resetWishes(
  entries: readonly { readonly key: string; readonly value: string }[],
  before: readonly { readonly id: string; readonly wish: string }[] = [],
  next: readonly { readonly id: string; readonly wish: string }[],
): { key: string; value: string }[] {
  const wishBefore = new Map(before.map((guest) => [guest.id, guest.wish]))
  const storedWish = new Map(entries.map((entry) => [entry.key, entry.value]))
  return next.flatMap((guest) => {
    const key = storeKeys.guestWish(guest.id)
    const value = storedWish.get(key)
    if (value === undefined || wishBefore.get(guest.id) === guest.wish) return []
    const wish = JSON.parse(value) as GuestWish
    return [{ key, value: JSON.stringify({ ...wish, state: null, launchSerial: wish.launchSerial + 1 }) }]
  })
}

function noteApplied(powers: ApiPowers, path: string, diff: ApplyDiff, by: string): void {
  const counts = `+${diff.added.length} -${diff.removed.length} ~${diff.changed.length}`
  const event = {
    at: powers.clock.wall(),
    host: powers.host,
    actor: 'person' as const,
    word: 'applied' as const,
    guest: null,
    service: null,
    because: null,
    fault: null,
    note: `${path} ${counts}${by === '' ? '' : ` (${by})`}`,
  }
  powers.history.append([event]).catch((error: unknown) => {
    powers.log.warn('an applied file is not in the history', { path, error: String(error) })
  })
}

/** Guests that it adds and wants running are launched by it. Null: there are none. */
function launchOf(next: ClusterView, diff: ApplyDiff, path: string, by: string, at: WallTime): TaskRecord | null {
  const already = diff.added.filter((guest) => sightNamed(next, guest)?.ownWish === 'running')
  const plan: WishPlan = {
    ...{ kind: 'planned', changes: new Map(), already, also: [], skipped: [], affects: [] },
  }
  const steps = stepsOf('apply', plan, next)
  return steps.length === 0 ? null : newTask({ kind: 'apply', said: `apply ${path}`, by, startedAt: at, steps })
}

function resultOf(diff: ApplyDiff, checked: CheckedFile, dryRun: boolean, applied: boolean): Omit<ApplyResult, 'task'> {
  return {
    schemaVersion,
    dryRun,
    applied,
    format: checked.format,
    ...diff,
    warnings: checked.problems.filter((problem) => problem.severity === 'warning'),
  }
}

/** The applied file as it was sent. Null: none was. */
export async function clusterFile(powers: ApiPowers): Promise<ClusterFileView | null> {
  const { entries } = await powers.store.read(storeKeys.cluster)
  const entry = entries.find(({ key }) => key === storeKeys.cluster)
  if (entry === undefined) return null
  const { source, appliedBy, appliedAt } = JSON.parse(entry.value) as StoredCluster
  return { schemaVersion, ...source, appliedBy, appliedAt }
}
