import type { CommandSpec } from './command.ts'

/** Commands that reckon. */
export const planCommands: readonly CommandSpec[] = [
  {
    name: 'plan',
    arguments: [{ name: 'FILE', required: false, many: false, complete: 'files' }],
    options: [
      { name: 'live', help: 'option-plan-live' },
      { name: 'use', value: 'WHICH', choices: ['given', 'month'], help: 'option-plan-use' },
      { name: 'survive', value: 'N', help: 'option-plan-survive' },
      { name: 'weights', value: 'LIST', help: 'option-weights' },
      { name: 'time-limit', value: 'DURATION', help: 'option-time-limit' },
    ],
    summary: 'plan-summary',
    about: 'plan-about',
    examples: [
      { line: 'vigia plan tco.yaml', help: 'plan-example-cost' },
      { line: 'vigia plan tco.yaml -o json', help: 'plan-example-json' },
      { line: 'vigia plan hosts.yaml --survive 2', help: 'plan-example-hosts' },
      { line: 'vigia plan --live', help: 'plan-example-live' },
      { line: 'vigia plan --live --use month', help: 'plan-example-use' },
    ],
    exits: ['exit-ok', 'exit-plan', 'exit-bad-file', 'exit-unavailable'],
    load: () => import('./commands/plan.ts'),
  },
]
