import type { CommandSpec } from './command.ts'

export const taskActions = ['show', 'cancel'] as const

/** Commands about what was commanded. */
export const taskCommands: readonly CommandSpec[] = [
  {
    name: 'tasks',
    arguments: [],
    options: [
      { name: 'watch', short: 'w', help: 'option-tasks-watch' },
      { name: 'all', help: 'option-tasks-all' },
    ],
    summary: 'tasks-summary',
    about: 'tasks-about',
    examples: [
      { line: 'vigia tasks', help: 'tasks-example' },
      { line: 'vigia tasks --watch', help: 'tasks-example-watch' },
    ],
    exits: ['exit-ok', 'exit-unavailable'],
    load: () => import('./commands/tasks.ts'),
  },
  {
    name: 'task',
    arguments: [
      { name: taskActions.join('|'), required: true, many: false, complete: [...taskActions] },
      { name: 'ID', required: true, many: false, complete: [] },
    ],
    options: [],
    summary: 'task-summary',
    about: 'task-about',
    examples: [{ line: 'vigia task cancel mif3k2x0-9f2c', help: 'task-example' }],
    exits: ['exit-ok', 'exit-refused', 'exit-unavailable', 'exit-no-such-task'],
    load: () => import('./commands/task.ts'),
  },
]
