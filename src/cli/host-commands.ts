import type { CommandSpec } from './command.ts'

/** Commands that look at the host itself. */
export const hostCommands: readonly CommandSpec[] = [
  {
    name: 'import',
    arguments: [],
    options: [
      { name: 'libvirt-socket', value: 'PATH', complete: 'files', help: 'option-libvirt-socket' },
      { name: 'uri', value: 'URI', help: 'option-libvirt-uri' },
      { name: 'ports', value: 'LIST', help: 'option-ports' },
      { name: 'rate', value: 'N', help: 'option-rate' },
      { name: 'save', value: 'FILE', complete: 'files', help: 'option-save' },
    ],
    summary: 'import-summary',
    about: 'import-about',
    examples: [
      { line: 'vigia import --save vigia.yaml', help: 'import-example' },
      { line: 'vigia import --ports 22,80,443,5432 --rate 10', help: 'import-example-ports' },
    ],
    exits: ['exit-ok', 'exit-usage', 'exit-no-libvirt'],
    load: () => import('./commands/import.ts'),
  },
  {
    name: 'console',
    arguments: [{ name: 'GUEST', required: true, many: false, complete: 'guests' }],
    options: [{ name: 'force', help: 'option-force-console' }],
    summary: 'console-summary',
    about: 'console-about',
    examples: [{ line: 'vigia console web', help: 'console-example' }],
    exits: ['exit-ok-console', 'exit-usage', 'exit-refused', 'exit-unavailable', 'exit-no-such'],
    load: () => import('./commands/console.ts'),
  },
]
