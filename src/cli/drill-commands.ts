import { disturbances, drillMeasures } from '../model/drill.ts'
import type { CommandSpec } from './command.ts'

const doings = ['list', 'run', 'report', 'stop'] as const

/** Measuring on purpose. */
export const drillCommands: readonly CommandSpec[] = [
  {
    name: 'drill',
    arguments: [
      { name: doings.join('|'), required: true, many: false, complete: doings },
      { name: 'GUEST|DRILL', required: false, many: false, complete: 'guests' },
    ],
    options: [
      { name: 'measure', value: drillMeasures.join('|'), help: 'option-measure' },
      { name: 'during', value: disturbances.join('|'), help: 'option-during' },
      { name: 'runs', value: 'N', help: 'option-drill-runs' },
      { name: 'to', value: 'HOST', complete: 'hosts', help: 'option-drill-to' },
      { name: 'interval', value: 'DURATION', help: 'option-interval' },
      { name: 'baseline', value: 'DURATION', help: 'option-baseline' },
      { name: 'edge', value: 'DURATION', help: 'option-edge' },
      { name: 'port', value: 'PORT', help: 'option-drill-port' },
      { name: 'path', value: 'PATH', help: 'option-drill-path' },
      { name: 'load-path', value: 'PATH', help: 'option-load-path' },
      { name: 'connections', value: 'N', help: 'option-connections' },
      { name: 'requests', value: 'N', help: 'option-requests' },
      { name: 'service', value: 'SERVICE', help: 'option-drill-service' },
      { name: 'failure', value: 'DURATION', help: 'option-failure' },
      { name: 'dry-run', short: 'n', help: 'option-drill-dry-run' },
      { name: 'wait', negated: true, help: 'option-no-wait' },
      { name: 'html', value: 'FILE', complete: 'files', help: 'option-html' },
      { name: 'pdf', value: 'FILE', complete: 'files', help: 'option-pdf' },
    ],
    summary: 'drill-summary',
    about: 'drill-about',
    examples: [
      { line: 'vigia drill run web --during nothing,live-migration --runs 10', help: 'drill-example-run' },
      { line: 'vigia drill run web --during power-cut', help: 'drill-example-power' },
      { line: 'vigia drill report --html drill.html', help: 'drill-example-report' },
    ],
    exits: ['exit-ok', 'exit-failed-some', 'exit-unavailable', 'exit-usage', 'exit-interrupted'],
    load: () => import('./commands/drill.ts'),
  },
]
