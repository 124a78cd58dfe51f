import type { CommandSpec } from './command.ts'

/** Commands that reckon with what the history says. */
export const reckonCommands: readonly CommandSpec[] = [
  {
    name: 'report',
    arguments: [{ name: 'availability', required: true, many: false, complete: ['availability'] }],
    options: [
      { name: 'from', value: 'TIME', help: 'option-from' },
      { name: 'to', value: 'TIME', help: 'option-to' },
      { name: 'group', value: 'TAG', help: 'option-group' },
      { name: 'guest', value: 'GUEST', complete: 'guests', help: 'option-report-guest' },
      { name: 'promised', value: 'CALENDAR', help: 'option-promised' },
      { name: 'html', value: 'FILE', complete: 'files', help: 'option-html' },
    ],
    summary: 'report-summary',
    about: 'report-about',
    examples: [
      { line: 'vigia report availability', help: 'report-example' },
      { line: 'vigia report availability --from 90d --group shop --html shop.html', help: 'report-example-month' },
      { line: 'vigia report availability --promised office', help: 'report-example-hours' },
    ],
    exits: ['exit-ok', 'exit-unavailable', 'exit-usage'],
    load: () => import('./commands/report.ts'),
  },
  {
    name: 'foresee',
    arguments: [{ name: 'FILE', required: false, many: false, complete: 'files' }],
    options: [
      { name: 'hosts', value: 'N|+N', help: 'option-foresee-hosts' },
      { name: 'needed', value: 'N', help: 'option-needed' },
      { name: 'host-mtbf', value: 'DURATION', help: 'option-host-mtbf' },
      { name: 'host-mttr', value: 'DURATION', help: 'option-host-mttr' },
      { name: 'guest-mtbf', value: 'DURATION', help: 'option-guest-mtbf' },
      { name: 'boot-time', value: 'DURATION', help: 'option-boot-time' },
      { name: 'failover-time', value: 'DURATION', help: 'option-failover-time' },
      { name: 'standby', help: 'option-standby' },
      { name: 'fence', help: 'option-fence' },
      { name: 'simulate', value: 'PLAYS', help: 'option-foresee-simulate' },
    ],
    summary: 'foresee-summary',
    about: 'foresee-about',
    examples: [
      { line: 'vigia foresee', help: 'foresee-example' },
      { line: 'vigia foresee --hosts +1 --boot-time 20s', help: 'foresee-example-host' },
      { line: 'vigia foresee new.yaml --host-mtbf 300d --host-mttr 12h', help: 'foresee-example-file' },
    ],
    exits: ['exit-ok', 'exit-bad-file', 'exit-unavailable', 'exit-usage'],
    load: () => import('./commands/foresee.ts'),
  },
]
