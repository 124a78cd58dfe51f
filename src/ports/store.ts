/**
 * A revision of the whole store: grows with each transaction that changed something, and with no other call. By one on one host; in etcd,
 * which others and the driver itself write too, by one or more. 0 = no revision: before the first, or no such key.
 */
export type Revision = number

export interface Entry {
  readonly key: string
  /** JSON text. */
  readonly value: string
  /** The revision that wrote this value. */
  readonly revision: Revision
}

export interface Transaction {
  /** All must hold: the key's present revision equals this; 0 = the key does not exist. */
  readonly when: readonly { readonly key: string; readonly revision: Revision }[]
  readonly put: readonly { readonly key: string; readonly value: string }[]
  readonly remove: readonly string[]
}

/** "No" is a value: `conflict` = a comparison did not hold and nothing was written. */
export type TransactionResult =
  | { readonly done: true; readonly revision: Revision }
  | { readonly done: false; readonly conflict: readonly string[] }

export interface Change {
  readonly key: string
  /** Null: removed. */
  readonly value: string | null
  readonly revision: Revision
}

export interface Snapshot {
  readonly revision: Revision
  /** Sorted by key. */
  readonly entries: readonly Entry[]
}

/**
 * Wishes, records and assignments. One process (SQLite) or several hosts (etcd) write it.
 *
 * A confirmed transaction is durable (S12): it survives SIGKILL and power loss. Reads see every transaction confirmed before the read began.
 * Faults: `store-lost`, `store-busy`, `disk-full`, `store-corrupt`; `unknown` when a transaction was sent and its answer is missing: read again before acting.
 * A read that succeeds after such a fault settles it: the transaction has taken effect by then, or never will.
 * Transactions given one before the other was answered may take effect in either order.
 * Limits: a key is at most 512 bytes; a value at most 16 MiB; a transaction at most 20 000 writes. etcd takes less where its own limits are lower:
 * `limit-reached`, `not-done`.
 */
export interface Store {
  read(prefix: string): Promise<Snapshot>
  transact(transaction: Transaction): Promise<TransactionResult>
  /**
   * Calls the listener with every change under the prefix after `from`, in revision order, each transaction's changes together and never twice.
   * When changes were missed (compaction, connection lost for long), `gap` is called once: read again and watch from there.
   */
  watch(prefix: string, from: Revision, listener: StoreListener): () => void
  close(): Promise<void>
}

export interface StoreListener {
  readonly changes: (changes: readonly Change[]) => void
  readonly gap: () => void
}

/** The keys, in one place: who writes what. */
export const storeKeys = {
  /** Written by the API (`apply`), read by leader and agents. JSON of StoredCluster. */
  cluster: 'wish/cluster',
  /** Written by the API. JSON of GuestWish. */
  guestWish: (guest: string) => `wish/guest/${guest}`,
  guestWishes: 'wish/guest/',
  /** Written by the API. JSON of HostWish. */
  hostWish: (host: string) => `wish/host/${host}`,
  hostWishes: 'wish/host/',
  wishes: 'wish/',
  /** Written by the leader only. JSON of GuestRecord / HostRecord. */
  guestRecord: (guest: string) => `record/guest/${guest}`,
  guestRecords: 'record/guest/',
  hostRecord: (host: string) => `record/host/${host}`,
  hostRecords: 'record/host/',
  records: 'record/',
  /** Written by the leader only. JSON of FencingRecord. */
  fencing: 'record/fencing',
  /** Written by the leader only. JSON of HookRecord. */
  hook: 'record/hook',
  /** Written when the store is restored, removed by the leader. JSON of RestoredRecord. */
  restored: 'record/restored',
  /** Written when members join and leave. JSON of MemberRecord. */
  member: (member: string) => `member/${member}`,
  members: 'member/',
  /** Written by the member itself, each time as a renewal. JSON of AliveRecord. */
  alive: (member: string) => `alive/${member}`,
  alives: 'alive/',
  /** What an agent sees; written by it. JSON of `observationText`. */
  seen: (host: string) => `seen/${host}`,
  seens: 'seen/',
  /** Written by the member that admits. JSON of the drivers' MemberKey. */
  memberKeys: 'member-key/',
  tokens: 'token/',
  /** Written by `vigia cluster rotate-ca`. JSON of AuthorityChange. */
  authorityChange: 'authority/change',
  /** Written by the member itself. JSON of AuthorityProgress. */
  authorityProgress: (member: string) => `authority/at/${member}`,
  authorityProgresses: 'authority/at/',
  authority: 'authority/',
  /** Who may come in, all of it. Written by the API. */
  access: 'access/',
  /** JSON of AccountRecord. */
  account: (name: string) => `access/account/${name}`,
  accounts: 'access/account/',
  /** By the hash of what the cookie holds. JSON of SessionRecord. */
  session: (hash: string) => `access/session/${hash}`,
  sessions: 'access/session/',
  /** JSON of ApiTokenRecord. */
  apiToken: (id: string) => `access/token/${id}`,
  apiTokens: 'access/token/',
  /** By the hash of the ticket. JSON of LinkRecord. */
  link: (hash: string) => `access/link/${hash}`,
  links: 'access/link/',
  /** JSON of LeaderRecord. */
  leader: 'leader',
  /** Written by the leader only. JSON of StoreSchemaRecord. */
  schema: 'schema',
  /** Written, and removed again, by the daemon of a host that measures how long a write takes. */
  doctor: (host: string) => `doctor/${host}`,
  /** Written by the API. JSON of ArmedWish. */
  armed: 'wish/armed',
  /** Written by the API. JSON of TaskRecord. */
  task: (id: string) => `task/${id}`,
  tasks: 'task/',
  /** Written by the API together with what was asked for, removed by it when it is old. JSON of the API's Receipt. */
  receipt: (id: string) => `receipt/${id}`,
  receipts: 'receipt/',
  /** Written by the API. JSON of FencingWish. */
  fencingWish: 'wish/fencing',
  /** All of drills. Written by the daemon that drills, but for `drillStop`. */
  drills: 'drill/',
  /** There while a drill is under way: the lock. JSON of RunningDrill. */
  drillRunning: 'drill/running',
  /** Written by the API. JSON of `{ id, by }`. */
  drillStop: 'drill/stop',
  /** JSON of DrillResult. */
  drillResult: (id: string) => `drill/result/${id}`,
  drillResults: 'drill/result/',
} as const
