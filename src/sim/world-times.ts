import type { ScenarioSettings } from './scenario/scenario.ts'

/** How long things take in a pretend world. */
export type WorldTimes = Pick<
  ScenarioSettings,
  'agentStartMs' | 'daemonRestartMs' | 'bootMs' | 'serviceStartMs' | 'stopMs' | 'migrationMs' | 'rebootMs'
>
