import type { CommandSpec } from './command.ts'

/** Commands that reckon. */
export const planCommands: readonly CommandSpec[] = [
  {
    name: 'plan',
    arguments: [{ name: 'FILE', required: true, many: false, complete: 'files' }],
    options: [],
    summary: 'plan-summary',
    about: 'plan-about',
    examples: [
      { line: 'vigia plan tco.yaml', help: 'plan-example-cost' },
      { line: 'vigia plan tco.yaml -o json', help: 'plan-example-json' },
    ],
    exits: ['exit-ok', 'exit-plan', 'exit-bad-file'],
    load: () => import('./commands/plan.ts'),
  },
]
