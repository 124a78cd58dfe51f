/** What clients need without loading any schema: paths, limits, defaults. */

/** In every JSON that Vigia writes for programs; grows when a field changes its meaning, never when one is added. */
export const schemaVersion = 1 as const

export const apiPrefix = '/api/v1'

export const defaultSocketPath = '/run/vigia/vigia.sock'

/** Where libvirt is looked for, and what is opened there. */
export const defaultLibvirtSocketPath = '/run/libvirt/libvirt-sock'
export const defaultLibvirtUri = 'qemu:///system'

/** Largest request body: a cluster file of 10 000 guests takes less than a quarter of it. */
export const bodyLimitBytes = 8 * 1024 * 1024

/** Who speaks, for the history. No proof of anything: whoever may open the socket may do all. */
export const speakerHeader = 'vigia-by'

export const speakerMaxLength = 64

/** Of a write: sent again with the same value it is done once, and answered as it was then. Another value for each other wish. */
export const idempotencyHeader = 'idempotency-key'

/** On an answer that was given before. */
export const replayedHeader = 'idempotency-replayed'

/** Of a session: what a write carries beside the cookie, so that no other site's page can make it. */
export const csrfHeader = 'vigia-csrf'

/** What a browser holds while somebody is in; `__Host-`: sent back to this very host by TLS alone, and set by nobody else. */
export const sessionCookie = '__Host-vigia'

/** The page that a one-time link opens; its ticket is behind the `#`, which no server is told. */
export const consoleLinkPath = '/console-link'

/** `vigia doctor` looks at every guest of its host one after the other, and asks the other hosts. */
export const doctorMs = 120_000

/** A test of fence devices takes as long as a machine takes to lose its power and get it back, for each of them. */
export const fenceTestMs = 600_000

/** A loss that is played out takes at most a minute. */
export const whatIfMs = 90_000

/** A report of many years, a plan of many hosts, or a design that is played: all end within this. */
export const reckonMs = 190_000

/** A live stream says something at least so often, so that either end notices when the other is gone. */
export const streamHeartbeatMs = 15_000

export const paths = {
  status: `${apiPrefix}/status`,
  statusStream: `${apiPrefix}/status/stream`,
  guest: (guest: string) => `${apiPrefix}/guests/${encodeURIComponent(guest)}`,
  guestDo: (guest: string, action: GuestAction) => `${apiPrefix}/guests/${encodeURIComponent(guest)}/${action}`,
  console: (guest: string, force: boolean) =>
    `${apiPrefix}/guests/${encodeURIComponent(guest)}/console${force ? '?force=1' : ''}`,
  consoleTicket: (guest: string) => `${apiPrefix}/guests/${encodeURIComponent(guest)}/console-ticket`,
  consoleSocket: (guest: string) => `${apiPrefix}/guests/${encodeURIComponent(guest)}/console-socket`,
  guestXml: (guest: string) => `${apiPrefix}/guests/${encodeURIComponent(guest)}/xml`,
  metricsHistory: `${apiPrefix}/metrics/history`,
  metricsNow: `${apiPrefix}/metrics/now`,
  why: (guest: string) => `${apiPrefix}/why/${encodeURIComponent(guest)}`,
  events: `${apiPrefix}/events`,
  eventsStream: `${apiPrefix}/events/stream`,
  live: `${apiPrefix}/live`,
  launch: `${apiPrefix}/launch`,
  shutdown: `${apiPrefix}/shutdown`,
  apply: `${apiPrefix}/apply`,
  clusterFile: `${apiPrefix}/cluster-file`,
  doctor: `${apiPrefix}/doctor`,
  tasks: `${apiPrefix}/tasks`,
  task: (id: string) => `${apiPrefix}/tasks/${encodeURIComponent(id)}`,
  taskCancel: (id: string) => `${apiPrefix}/tasks/${encodeURIComponent(id)}/cancel`,
  whatIf: `${apiPrefix}/what-if`,
  drills: `${apiPrefix}/drills`,
  drill: (id: string) => `${apiPrefix}/drills/${encodeURIComponent(id)}`,
  drillStop: (id: string) => `${apiPrefix}/drills/${encodeURIComponent(id)}/stop`,
  availability: `${apiPrefix}/availability`,
  foresight: `${apiPrefix}/foresight`,
  foresightPlay: `${apiPrefix}/foresight/play`,
  plan: `${apiPrefix}/plan`,
  migrate: `${apiPrefix}/migrate`,
  rebalance: `${apiPrefix}/rebalance`,
  arm: `${apiPrefix}/arm`,
  fenceReset: `${apiPrefix}/fence-reset`,
  snapshot: `${apiPrefix}/snapshot`,
  hostDo: (host: string, action: HostAction) => `${apiPrefix}/hosts/${encodeURIComponent(host)}/${action}`,
  signIn: `${apiPrefix}/sign-in`,
  session: `${apiPrefix}/session`,
  sessionLink: `${apiPrefix}/session/link`,
  sessionPassword: `${apiPrefix}/session/password`,
  openIdBegin: `${apiPrefix}/openid/begin`,
  openIdReturn: `${apiPrefix}/openid/return`,
  consoleLink: `${apiPrefix}/console-link`,
  users: `${apiPrefix}/users`,
  user: (name: string) => `${apiPrefix}/users/${encodeURIComponent(name)}`,
  tokens: `${apiPrefix}/tokens`,
  token: (id: string) => `${apiPrefix}/tokens/${encodeURIComponent(id)}`,
  audit: `${apiPrefix}/audit`,
  openApi: '/api/openapi.json',
  docs: '/api/docs',
  metrics: '/metrics',
  alive: '/healthz',
  ready: '/readyz',
} as const

/** The same with the guest's place open, as a router writes it. */
export const patterns = {
  guest: `${apiPrefix}/guests/:guest`,
  guestDo: (action: GuestAction) => `${apiPrefix}/guests/:guest/${action}`,
  hostDo: (action: HostAction) => `${apiPrefix}/hosts/:host/${action}`,
  consoleTicket: `${apiPrefix}/guests/:guest/console-ticket`,
  guestXml: `${apiPrefix}/guests/:guest/xml`,
  why: `${apiPrefix}/why/:guest`,
  task: `${apiPrefix}/tasks/:id`,
  taskCancel: `${apiPrefix}/tasks/:id/cancel`,
  drill: `${apiPrefix}/drills/:id`,
  drillStop: `${apiPrefix}/drills/:id/stop`,
  user: `${apiPrefix}/users/:name`,
  token: `${apiPrefix}/tokens/:id`,
} as const

/** What the console's connection is upgraded to: from then on bytes both ways, as the guest's serial line has them. */
export const consoleProtocol = 'vigia-console'

export const guestActions = ['launch', 'shutdown', 'pause', 'resume', 'watch', 'memory', 'clear', 'unmanage'] as const

export type GuestAction = (typeof guestActions)[number]

export const hostActions = ['maintenance', 'swear-dead', 'fence', 'fence-test'] as const

export type HostAction = (typeof hostActions)[number]
