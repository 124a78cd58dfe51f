import type { BytesView, TaskView } from '../contract/tasks.ts'
import { wallTime } from '../model/ids.ts'
import type { CliContext } from './context.ts'
import { reasonLines } from './reason-lines.ts'
import { table } from './table.ts'

/** One line a task; below one that runs or failed, why the first few of its guests are not there yet. */
export function taskTable({ text, paint }: CliContext, tasks: readonly TaskView[], columns: number | null): string[] {
  if (tasks.length === 0) return [text.cli('tasks-none')]
  const headings = (['id', 'state', 'done', 'command', 'by', 'since', 'guests'] as const).map((name) => ({
    heading: text.cli(`tasks-column-${name}`),
  }))
  const rows = tasks.map(({ id, state, progress, said, by, startedAt, subjects }) => [
    id,
    text.cli(`task-${state}`),
    `${progress.done}/${progress.total}`,
    said,
    by,
    text.time(wallTime(startedAt)),
    text.list(subjects),
  ])
  return table(headings, rows, paint, columns)
}

/** One task with every guest of it. */
export function taskLines({ text, paint }: CliContext, task: TaskView): string[] {
  const { id, said, by, state, progress, startedAt, endedAt, cancelledBy, steps } = task
  const head = text.cli('task-head', { id, said, by, state: text.cli(`task-${state}`) })
  const when = text.cli('task-when', {
    since: text.time(wallTime(startedAt)),
    done: progress.done,
    total: progress.total,
    ...(endedAt !== null && { elapsed: text.duration(Math.max(0, endedAt - startedAt)) }),
    ...(cancelledBy !== null && { cancelledBy }),
  })
  const body = steps.flatMap((step) => {
    const word = text.cli(`task-${step.state}`)
    const line = text.cli('task-step', { guest: step.subject, state: word, ...copied(step.bytes, text) })
    if (step.state === 'done' || step.because === null) return [line]
    const why = reasonLines(text, { guest: step.subject, because: step.because }).map((one) => `    ${one}`)
    return [step.state === 'failed' ? paint.bad(line) : line, ...why]
  })
  return [head, when, ...body]
}

/** Parts of the line about a move under way. */
function copied(bytes: BytesView | null, { size }: CliContext['text']) {
  return bytes === null ? {} : { copied: size(mib(bytes.done)), size: size(mib(bytes.total)) }
}

function mib(bytes: number): number {
  return Math.round(bytes / 1024 / 1024)
}

export function taskRows(tasks: readonly TaskView[]): (readonly (string | number | null)[])[] {
  return [
    ['id', 'kind', 'command', 'by', 'state', 'done', 'total', 'startedAt', 'endedAt', 'subjects'],
    ...tasks.map(({ id, kind, said, by, state, progress, startedAt, endedAt, subjects }) => [
      ...[id, kind, said, by, state, progress.done, progress.total],
      ...[timeOf(startedAt), endedAt === null ? null : timeOf(endedAt), subjects.join(' ')],
    ]),
  ]
}

function timeOf(at: number): string {
  return new Date(at).toISOString()
}
