import { exitCodes } from '../../contract/exit-codes.ts'
import { schemaVersion } from '../../contract/protocol.ts'
import type { TaskView } from '../../contract/tasks.ts'
import type { CommandInput } from '../command.ts'
import type { CliContext } from '../context.ts'
import { say, show, tell } from '../output.ts'
import { createScreen } from '../screen.ts'
import { taskRows, taskTable } from '../task-lines.ts'

/** Shown of those that are over, unless all are asked for. */
const recentCount = 10

export async function run(context: CliContext, input: CommandInput): Promise<number> {
  const all = input.switches.has('all')
  if (input.switches.has('watch')) return follow(context, all)
  const { tasks } = await (await context.client()).tasks()
  const shown = chosen(tasks, all)
  await show(context, {
    data: { schemaVersion, tasks: shown },
    lines: () => taskTable(context, shown, context.out.terminal ? context.out.columns() : null),
    rows: () => taskRows(shown),
  })
  return exitCodes.ok
}

/** Drawn anew with each change on a terminal; elsewhere a line, or in JSON an object, a change. */
async function follow(context: CliContext, all: boolean): Promise<number> {
  const { out, text } = context
  const client = await context.client()
  const screen = createScreen(out)
  const drawn = out.terminal && context.format === 'table'
  const tasks = new Map((await client.tasks()).tasks.map((task) => [task.id, task]))
  const draw = (): void => {
    const newest = chosen([...tasks.values()].sort(newestFirst), all)
    if (drawn) screen.draw(taskTable(context, newest, out.columns()).slice(0, Math.max(1, out.rows() - 1)))
  }
  draw()
  for await (const live of client.live({}, context.interrupted)) {
    if (live.kind === 'lost') {
      if (drawn) screen.draw([text.cli('wait-lost')])
      else say(context, text.cli('wait-lost'))
      continue
    }
    if (live.value.kind !== 'task') continue
    const { task } = live.value
    tasks.set(task.id, task)
    draw()
    if (drawn) continue
    if (context.format === 'json') out.write(`${JSON.stringify(task)}\n`)
    else {
      const { progress, state, said, id } = task
      const { done, total } = progress
      tell(context, text.cli('task-news', { id, said, done, total, state: text.cli(`task-${state}`) }))
    }
  }
  return exitCodes.ok
}

function chosen(tasks: readonly TaskView[], all: boolean): TaskView[] {
  const over = new Set(tasks.filter(({ state }) => state !== 'running').slice(recentCount))
  return tasks.filter((task) => all || !over.has(task))
}

function newestFirst(a: TaskView, b: TaskView): number {
  return b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1)
}
