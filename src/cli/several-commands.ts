import type { ArgumentSpec, CommandSpec, OptionSpec } from './command.ts'

const guest: ArgumentSpec = { name: 'GUEST', required: true, many: false, complete: 'guests' }
const host: ArgumentSpec = { name: 'HOST', required: true, many: false, complete: 'hosts' }

const noWait: OptionSpec = { name: 'wait', negated: true, help: 'option-no-wait' }
const timeout: OptionSpec = { name: 'timeout', value: 'DURATION', help: 'option-timeout' }
const dryRun: OptionSpec = { name: 'dry-run', short: 'n', help: 'option-dry-run-moves' }

/** Commands for several hosts. */
export const severalCommands: readonly CommandSpec[] = [
  {
    name: 'migrate',
    arguments: [{ ...guest, many: true, last: 'HOST' }],
    options: [
      { name: 'to', value: 'HOST', complete: 'hosts', help: 'option-to-host' },
      { name: 'cold', help: 'option-cold' },
      dryRun,
      noWait,
      timeout,
    ],
    summary: 'migrate-summary',
    about: 'migrate-about',
    examples: [
      { line: 'vigia migrate web node2', help: 'migrate-example' },
      { line: 'vigia migrate web mail', help: 'migrate-example-best' },
    ],
    exits: ['exit-ok-done', 'exit-refused-moves', 'exit-unavailable', 'exit-no-such-host', 'exit-timeout'],
    load: () => import('./commands/migrate.ts'),
  },
  {
    name: 'maintenance',
    arguments: [host, { name: 'on|off', required: true, many: false, complete: ['on', 'off'] }],
    options: [dryRun, { name: 'force', help: 'option-force-maintenance' }, noWait, timeout],
    summary: 'maintenance-summary',
    about: 'maintenance-about',
    examples: [
      { line: 'vigia maintenance node1 on --dry-run', help: 'maintenance-example-dry' },
      { line: 'vigia maintenance node1 on', help: 'maintenance-example-on' },
      { line: 'vigia maintenance node1 off', help: 'maintenance-example-off' },
    ],
    exits: ['exit-ok-done', 'exit-refused', 'exit-unavailable', 'exit-no-such-host', 'exit-timeout'],
    load: () => import('./commands/maintenance.ts'),
  },
  {
    name: 'rebalance',
    arguments: [],
    options: [dryRun, noWait, timeout],
    summary: 'rebalance-summary',
    about: 'rebalance-about',
    examples: [{ line: 'vigia rebalance --dry-run', help: 'rebalance-example' }],
    exits: ['exit-ok-done', 'exit-refused-moves', 'exit-unavailable', 'exit-timeout'],
    load: () => import('./commands/rebalance.ts'),
  },
  {
    name: 'swear-dead',
    arguments: [host],
    options: [{ name: 'yes-it-is-dead', value: 'HOST', complete: 'hosts', help: 'option-yes-it-is-dead' }],
    summary: 'swear-dead-summary',
    about: 'swear-dead-about',
    examples: [{ line: 'vigia swear-dead node3', help: 'swear-dead-example' }],
    exits: ['exit-ok-done', 'exit-refused', 'exit-unavailable', 'exit-no-such-host'],
    load: () => import('./commands/swear-dead.ts'),
  },
  {
    name: 'arm',
    arguments: [],
    options: [{ name: 'force', help: 'option-force-arm' }],
    summary: 'arm-summary',
    about: 'arm-about',
    examples: [{ line: 'vigia arm', help: 'arm-example' }],
    exits: ['exit-ok-done', 'exit-refused', 'exit-unavailable'],
    load: () => import('./commands/arm.ts'),
  },
  {
    name: 'disarm',
    arguments: [],
    options: [{ name: 'for', value: 'DURATION', help: 'option-for' }],
    summary: 'disarm-summary',
    about: 'disarm-about',
    examples: [{ line: 'vigia disarm --for 2h', help: 'disarm-example' }],
    exits: ['exit-ok-done', 'exit-usage', 'exit-unavailable'],
    load: () => import('./commands/disarm.ts'),
  },
  {
    name: 'fence',
    arguments: [
      { name: 'HOST|reset|test', required: true, many: false, complete: ['reset', 'test'] },
      { ...host, required: false },
    ],
    options: [{ name: 'take-power', help: 'option-take-power' }],
    summary: 'fence-summary',
    about: 'fence-about',
    examples: [
      { line: 'vigia fence node3', help: 'fence-example' },
      { line: 'vigia fence reset', help: 'fence-example-reset' },
      { line: 'vigia fence test node2', help: 'fence-example-test' },
    ],
    exits: ['exit-ok-done', 'exit-refused', 'exit-usage', 'exit-unavailable', 'exit-no-such-host'],
    load: () => import('./commands/fence.ts'),
  },
  {
    name: 'clear',
    arguments: [guest],
    options: [],
    summary: 'clear-summary',
    about: 'clear-about',
    examples: [{ line: 'vigia clear web', help: 'clear-example' }],
    exits: ['exit-ok-done', 'exit-unavailable', 'exit-no-such'],
    load: () => import('./commands/clear.ts'),
  },
  {
    name: 'unmanage',
    arguments: [guest],
    options: [],
    summary: 'unmanage-summary',
    about: 'unmanage-about',
    examples: [{ line: 'vigia unmanage web', help: 'unmanage-example' }],
    exits: ['exit-ok-done', 'exit-refused', 'exit-unavailable', 'exit-no-such'],
    load: () => import('./commands/unmanage.ts'),
  },
  {
    name: 'snapshot',
    arguments: [],
    options: [],
    summary: 'snapshot-summary',
    about: 'snapshot-about',
    examples: [{ line: 'vigia snapshot > snapshot.json', help: 'snapshot-example' }],
    exits: ['exit-ok', 'exit-unavailable'],
    load: () => import('./commands/snapshot.ts'),
  },
  {
    name: 'decide',
    arguments: [{ name: 'FILE', required: true, many: false, complete: 'files' }],
    options: [],
    summary: 'decide-summary',
    about: 'decide-about',
    examples: [{ line: 'vigia decide snapshot.json', help: 'decide-example' }],
    exits: ['exit-ok', 'exit-bad-file'],
    load: () => import('./commands/decide.ts'),
  },
]
