import { accessCommands } from './access-commands.ts'
import type { ArgumentSpec, CommandSpec, OptionSpec } from './command.ts'
import { drillCommands } from './drill-commands.ts'
import { hostCommands } from './host-commands.ts'
import { planCommands } from './plan-commands.ts'
import { reckonCommands } from './reckon-commands.ts'
import { severalCommands } from './several-commands.ts'
import { taskCommands } from './task-commands.ts'

const guests: ArgumentSpec = { name: 'GUEST', required: false, many: true, complete: 'guests' }
const guest: ArgumentSpec = { name: 'GUEST', required: true, many: false, complete: 'guests' }
const file: ArgumentSpec = { name: 'FILE', required: true, many: false, complete: 'files' }

const noWait: OptionSpec = { name: 'wait', negated: true, help: 'option-no-wait' }
const timeout: OptionSpec = { name: 'timeout', value: 'DURATION', help: 'option-timeout' }

/** Understood by every command, before or after its name. */
export const globalOptions: readonly OptionSpec[] = [
  {
    name: 'output',
    short: 'o',
    value: 'FORMAT',
    choices: ['table', 'json', 'yaml', 'csv'],
    help: 'option-output',
  },
  { name: 'socket', value: 'PATH', complete: 'files', help: 'option-socket' },
  { name: 'lang', value: 'LANGUAGE', choices: ['en', 'pt-BR'], help: 'option-lang' },
  { name: 'yes', short: 'y', help: 'option-yes' },
  { name: 'color', negated: true, help: 'option-no-color' },
  { name: 'help', short: 'h', help: 'option-help' },
]

/** Every command, in the order of the help. */
export const commands: readonly CommandSpec[] = [
  {
    name: 'launch',
    arguments: [guests],
    options: [{ name: 'force', help: 'option-force-launch' }, noWait, timeout],
    summary: 'launch-summary',
    about: 'launch-about',
    examples: [
      { line: 'vigia launch', help: 'launch-example-all' },
      { line: 'vigia launch web @mail', help: 'launch-example-some' },
      { line: 'vigia launch --no-wait -o json', help: 'launch-example-script' },
    ],
    exits: ['exit-ok-done', 'exit-failed-some', 'exit-unavailable', 'exit-no-such', 'exit-timeout', 'exit-interrupted'],
    load: () => import('./commands/launch.ts'),
  },
  {
    name: 'shutdown',
    arguments: [guests],
    options: [
      { name: 'dependents', help: 'option-dependents' },
      { name: 'force', help: 'option-force-shutdown' },
      { name: 'until-boot', help: 'option-until-boot' },
      noWait,
      timeout,
    ],
    summary: 'shutdown-summary',
    about: 'shutdown-about',
    examples: [
      { line: 'vigia shutdown web', help: 'shutdown-example-one' },
      { line: 'vigia shutdown db --dependents', help: 'shutdown-example-dependents' },
      { line: 'vigia shutdown --yes', help: 'shutdown-example-all' },
    ],
    exits: [
      'exit-ok-done',
      'exit-failed-some',
      'exit-unavailable',
      'exit-no-such',
      'exit-needs-force',
      'exit-timeout',
      'exit-interrupted',
    ],
    load: () => import('./commands/shutdown.ts'),
  },
  {
    name: 'status',
    arguments: [guests],
    options: [
      { name: 'watch', short: 'w', help: 'option-status-watch' },
      { name: 'check', help: 'option-status-check' },
      { name: 'hosts', help: 'option-status-hosts' },
    ],
    summary: 'status-summary',
    about: 'status-about',
    examples: [
      { line: 'vigia status', help: 'status-example-all' },
      { line: 'vigia status --watch', help: 'status-example-watch' },
      { line: 'vigia status --check', help: 'status-example-check' },
    ],
    exits: ['exit-ok', 'exit-check', 'exit-unavailable', 'exit-no-such'],
    load: () => import('./commands/status.ts'),
  },
  {
    name: 'why',
    arguments: [guest],
    options: [],
    summary: 'why-summary',
    about: 'why-about',
    examples: [{ line: 'vigia why web', help: 'why-example' }],
    exits: ['exit-ok', 'exit-unavailable', 'exit-no-such'],
    load: () => import('./commands/why.ts'),
  },
  {
    name: 'check',
    arguments: [file],
    options: [{ name: 'survive', value: 'N', help: 'option-survive' }],
    summary: 'check-summary',
    about: 'check-about',
    examples: [
      { line: 'vigia check vigia.yaml', help: 'check-example' },
      { line: 'vigia check vigia.yaml --survive 1', help: 'check-example-survive' },
    ],
    exits: ['exit-ok', 'exit-survive', 'exit-bad-file'],
    load: () => import('./commands/check.ts'),
  },
  {
    name: 'apply',
    alias: 'rebuild',
    arguments: [file],
    options: [
      { name: 'dry-run', short: 'n', help: 'option-dry-run' },
      { name: 'force', help: 'option-force-apply' },
    ],
    summary: 'apply-summary',
    about: 'apply-about',
    examples: [
      { line: 'vigia apply vigia.yaml --dry-run', help: 'apply-example-dry' },
      { line: 'vigia apply vigia.yaml', help: 'apply-example' },
    ],
    exits: ['exit-ok', 'exit-bad-file', 'exit-unavailable', 'exit-needs-force'],
    load: () => import('./commands/apply.ts'),
  },
  {
    name: 'watch',
    arguments: [{ name: 'on|off', required: true, many: false, complete: ['on', 'off'] }, guest],
    options: [],
    summary: 'watch-summary',
    about: 'watch-about',
    examples: [
      { line: 'vigia watch off web', help: 'watch-example-off' },
      { line: 'vigia watch on web', help: 'watch-example-on' },
    ],
    exits: ['exit-ok', 'exit-unavailable', 'exit-no-such'],
    load: () => import('./commands/watch.ts'),
  },
  {
    name: 'memory',
    arguments: [guest, { name: 'SIZE', required: false, many: false, complete: [] }],
    options: [{ name: 'reset', help: 'option-reset' }],
    summary: 'memory-summary',
    about: 'memory-about',
    examples: [
      { line: 'vigia memory web', help: 'memory-example-show' },
      { line: "vigia memory web '512 MiB'", help: 'memory-example-set' },
    ],
    exits: ['exit-ok', 'exit-refused', 'exit-unavailable', 'exit-no-such'],
    load: () => import('./commands/memory.ts'),
  },
  {
    name: 'pause',
    arguments: [guest],
    options: [],
    summary: 'pause-summary',
    about: 'pause-about',
    examples: [{ line: 'vigia pause web', help: 'pause-example' }],
    exits: ['exit-ok', 'exit-refused', 'exit-unavailable', 'exit-no-such'],
    load: () => import('./commands/pause.ts'),
  },
  {
    name: 'resume',
    arguments: [guest],
    options: [],
    summary: 'resume-summary',
    about: 'resume-about',
    examples: [{ line: 'vigia resume web', help: 'resume-example' }],
    exits: ['exit-ok', 'exit-unavailable', 'exit-no-such'],
    load: () => import('./commands/resume.ts'),
  },
  {
    name: 'events',
    arguments: [],
    options: [
      { name: 'follow', short: 'f', help: 'option-follow' },
      { name: 'guest', value: 'GUEST', complete: 'guests', help: 'option-events-guest' },
      { name: 'since', value: 'TIME', help: 'option-since' },
      { name: 'limit', short: 'n', value: 'COUNT', help: 'option-limit' },
    ],
    summary: 'events-summary',
    about: 'events-about',
    examples: [
      { line: 'vigia events --since 1h --guest web', help: 'events-example-since' },
      { line: 'vigia events --follow', help: 'events-example-follow' },
    ],
    exits: ['exit-ok', 'exit-unavailable'],
    load: () => import('./commands/events.ts'),
  },
  {
    name: 'doctor',
    arguments: [],
    options: [],
    summary: 'doctor-summary',
    about: 'doctor-about',
    examples: [{ line: 'vigia doctor', help: 'doctor-example' }],
    exits: ['exit-ok', 'exit-doctor', 'exit-unavailable'],
    load: () => import('./commands/doctor.ts'),
  },
  {
    name: 'convert',
    arguments: [file],
    options: [
      { name: 'to', value: 'FORMAT', choices: ['vigia', 'lauxen'], help: 'option-to' },
      { name: 'lossy', help: 'option-lossy' },
    ],
    summary: 'convert-summary',
    about: 'convert-about',
    examples: [{ line: 'vigia convert lauxen.conf --to vigia > vigia.yaml', help: 'convert-example' }],
    exits: ['exit-ok', 'exit-bad-file', 'exit-needs-force'],
    load: () => import('./commands/convert.ts'),
  },
  ...severalCommands,
  ...taskCommands,
  ...hostCommands,
  ...accessCommands,
  ...planCommands,
  ...reckonCommands,
  ...drillCommands,
  {
    name: 'simulate',
    arguments: [{ ...file, required: false, many: true }],
    options: [
      { name: 'live', help: 'option-live' },
      { name: 'lose', value: 'HOST…', complete: 'hosts', help: 'option-lose' },
      { name: 'snapshot', value: 'FILE', complete: 'files', help: 'option-snapshot' },
      { name: 'seed', value: 'N', help: 'option-seed' },
      { name: 'json', help: 'option-json' },
    ],
    summary: 'simulate-summary',
    about: 'simulate-about',
    examples: [
      { line: 'vigia simulate power-cut.yaml', help: 'simulate-example' },
      { line: 'vigia simulate --live --lose node3', help: 'simulate-example-live' },
    ],
    exits: ['exit-ok', 'exit-simulate', 'exit-bad-file', 'exit-several-hosts'],
    load: () => import('./commands/simulate.ts'),
  },
  {
    name: 'run',
    arguments: [file],
    options: [],
    summary: 'run-summary',
    about: 'run-about',
    examples: [{ line: 'vigia run vigia.yaml', help: 'run-example' }],
    exits: ['exit-ok', 'exit-bad-file', 'exit-unavailable'],
    load: () => import('./commands/run.ts'),
  },
  {
    name: 'completion',
    arguments: [{ name: 'SHELL', required: true, many: false, complete: ['bash', 'zsh', 'fish'] }],
    options: [],
    summary: 'completion-summary',
    about: 'completion-about',
    examples: [
      { line: 'vigia completion bash > /etc/bash_completion.d/vigia', help: 'completion-example-bash' },
      { line: 'vigia completion fish > ~/.config/fish/completions/vigia.fish', help: 'completion-example-fish' },
    ],
    exits: ['exit-ok', 'exit-usage'],
    load: () => import('./commands/completion.ts'),
  },
  {
    name: 'help',
    arguments: [{ name: 'COMMAND', required: false, many: false, complete: 'commands' }],
    options: [{ name: 'man', help: 'option-man' }],
    summary: 'help-summary',
    about: 'help-about',
    examples: [{ line: 'vigia help --man > vigia.1', help: 'help-example-man' }],
    exits: ['exit-ok', 'exit-usage'],
    load: () => import('./commands/help.ts'),
  },
]

/** By name or alias. */
export function findCommand(name: string): CommandSpec | null {
  return commands.find((command) => command.name === name || command.alias === name) ?? null
}
