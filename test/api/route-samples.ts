import { guestActions, paths, patterns } from '../../src/contract/protocol.ts'

/** A request that its route grants. */
export interface RouteSample {
  /** `METHOD /path/:part` */
  readonly route: string
  /** Only of several hosts. */
  readonly several?: boolean
  readonly guest?: string
  readonly host?: string
  readonly query?: string
  readonly body?: object
}

const actionBodies: Partial<Record<(typeof guestActions)[number], object>> = {
  shutdown: { dependents: true },
  watch: { on: true },
  memory: { memoryMib: null },
}

/** One that is made, used, changed and removed. */
export const account = { name: 'ana', password: 'a lookout on the hill' } as const

/** At least one for each route, in an order in which all are granted. */
export const samples: readonly RouteSample[] = [
  { route: `GET ${paths.status}` },
  { route: `GET ${paths.status}`, several: true },
  { route: `GET ${patterns.guest}` },
  { route: `GET ${patterns.guest}`, several: true },
  { route: `GET ${patterns.why}` },
  { route: `GET ${patterns.why}`, several: true, guest: 'far' },
  { route: `GET ${paths.metricsHistory}`, query: '?subject=guest:web&range=day' },
  { route: `GET ${paths.metricsHistory}`, several: true, query: '?subject=service:web/80&range=hour' },
  { route: `GET ${paths.metricsNow}` },
  { route: `GET ${paths.metricsNow}`, several: true },
  { route: `GET ${patterns.guestXml}` },
  { route: `POST ${patterns.consoleTicket}`, body: { kind: 'vnc' } },
  { route: `GET ${paths.events}`, query: '?limit=5&newestFirst=1' },
  { route: `GET ${paths.snapshot}` },
  { route: `GET ${paths.doctor}` },
  { route: `GET ${paths.alive}` },
  { route: `GET ${paths.ready}` },
  { route: `GET ${paths.metrics}` },
  { route: `GET ${paths.openApi}` },
  { route: `GET ${paths.docs}` },
  { route: `GET ${paths.docs}/style.css` },
  { route: `POST ${paths.users}`, body: { ...account, role: 'operator', tags: ['front'] } },
  { route: `GET ${paths.users}` },
  { route: `PATCH ${patterns.user}`, body: { totp: 'new' } },
  { route: `GET ${paths.signIn}` },
  { route: `POST ${paths.session}`, body: account },
  { route: `GET ${paths.session}` },
  { route: `DELETE ${paths.session}` },
  { route: `DELETE ${patterns.user}` },
  { route: `POST ${paths.tokens}`, body: { name: 'backup', role: 'viewer', forMs: 60_000 } },
  { route: `GET ${paths.tokens}` },
  { route: `POST ${paths.consoleLink}` },
  { route: `GET ${paths.audit}`, query: '?limit=5&who=ana' },
  { route: `POST ${paths.apply}`, body: { path: 'vigia.yaml', text: 'version: 1' } },
  { route: `GET ${paths.clusterFile}` },
  { route: `POST ${paths.launch}`, body: { guests: ['web'] } },
  { route: `POST ${paths.shutdown}`, body: {} },
  ...guestActions.map((action) => ({ route: `POST ${patterns.guestDo(action)}`, body: actionBodies[action] ?? {} })),
  { route: `GET ${paths.tasks}` },
  { route: `GET ${patterns.task}` },
  { route: `POST ${patterns.taskCancel}`, body: {} },
  { route: `GET ${paths.availability}` },
  { route: `GET ${paths.availability}`, several: true, query: '?format=csv' },
  { route: `GET ${paths.foresight}`, query: '?hosts=%2B1' },
  { route: `POST ${paths.plan}`, several: true, body: { live: true } },
  { route: `POST ${paths.foresightPlay}`, body: { plays: 2 } },
  { route: `POST ${paths.whatIf}`, several: true, body: { lose: ['n2'] } },
  { route: `GET ${paths.drills}` },
  { route: `GET ${patterns.drill}` },
  { route: `POST ${paths.drills}`, body: { guest: 'web', measures: ['load'], during: ['nothing'], confirmed: true } },
  { route: `POST ${patterns.drillStop}`, body: {} },
  { route: `POST ${paths.migrate}`, several: true, body: { guests: ['web'], to: 'n2', dryRun: true } },
  { route: `POST ${paths.rebalance}`, several: true, body: { dryRun: true } },
  { route: `POST ${patterns.hostDo('maintenance')}`, several: true, host: 'n1', body: { on: true, dryRun: true } },
  { route: `POST ${patterns.hostDo('fence-test')}`, several: true, host: 'n1', body: { takePower: false } },
  { route: `POST ${patterns.hostDo('fence')}`, several: true, host: 'n2', body: {} },
  { route: `POST ${patterns.hostDo('swear-dead')}`, several: true, host: 'n3', body: { isDead: 'n3' } },
  { route: `POST ${paths.fenceReset}`, several: true, body: {} },
  { route: `POST ${paths.arm}`, several: true, body: { armed: false, forMs: 60_000 } },
]
