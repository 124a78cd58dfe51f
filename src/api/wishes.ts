import { schemaVersion } from '../contract/protocol.ts'
import type { WishResult } from '../contract/wishes.ts'
import type { ClusterSnapshot } from '../core/snapshot.ts'
import type { ClusterView } from '../core/views/cluster-view.ts'
import { clusterView } from '../core/views/cluster-view.ts'
import type { Refusal, WishPlan } from '../core/views/wish-plan.ts'
import { changedWish } from '../core/views/wish-plan.ts'
import { Fault } from '../model/fault.ts'
import type { GuestId, HostId } from '../model/ids.ts'
import type { GuestWish, HostWish } from '../model/wish.ts'
import { noWish } from '../model/wish.ts'
import type { Entry, Transaction } from '../ports/store.ts'
import { storeKeys } from '../ports/store.ts'
import type { CompiledClusters } from './compiled-clusters.ts'
import type { ApiPowers } from './powers.ts'

/** Two people commanding the same guest at once both get through; more tries than this mean something writes in a loop. */
const conflictTries = 10

export interface Wishes {
  /** Plans on the newest wishes, writes them, and answers once they are durable (S12). Throws a Fault for a refusal (S11). */
  command(plan: (view: ClusterView) => WishPlan | Refusal, said: string, by: string): Promise<WishResult>
}

export function createWishes(powers: ApiPowers, clusters: CompiledClusters): Wishes {
  const attempt = async (plan: (view: ClusterView) => WishPlan | Refusal, by: string): Promise<WishPlan | null> => {
    const stored = await powers.store.read(storeKeys.wishes)
    const entries = new Map(stored.entries.map((entry) => [entry.key, entry]))
    const snapshot = { ...powers.snapshot(), ...wishesOf(stored.entries) }
    const compiled = clusters.of(snapshot)
    if (compiled === null) throw new Fault('refused', 'not-done', { why: 'no-cluster-file' })
    const planned = plan(clusterView(compiled, snapshot))
    if (planned.kind === 'refused') throw new Fault(planned.fault.code, planned.fault.outcome, planned.fault.details)
    if (planned.changes.size === 0 && !planned.hosts?.size) return planned
    const written = await powers.store.transact(transactionOf(planned, entries, by, powers.clock.wall()))
    return written.done ? planned : null
  }

  return {
    async command(plan, said, by) {
      for (let tries = 0; tries < conflictTries; tries++) {
        const done = await attempt(plan, by)
        if (done === null) continue
        noteCommand(powers, done, said, by)
        return resultOf(done)
      }
      throw new Fault('daemon-busy', 'not-done', { text: `${conflictTries} others wrote the same wishes meanwhile` })
    },
  }
}

function wishesOf(entries: readonly Entry[]): Pick<ClusterSnapshot, 'wishes' | 'hostWishes'> {
  const wishes = new Map<GuestId, GuestWish>()
  const hostWishes = new Map<HostId, HostWish>()
  for (const entry of entries) {
    const { key, value } = entry
    if (key.startsWith(storeKeys.guestWishes)) {
      wishes.set(key.slice(storeKeys.guestWishes.length) as GuestId, readWish(entry))
    } else if (key.startsWith(storeKeys.hostWishes)) {
      hostWishes.set(key.slice(storeKeys.hostWishes.length) as HostId, JSON.parse(value) as HostWish)
    }
  }
  return { wishes, hostWishes }
}

/** Fields that an older version did not write get their defaults. */
function readWish(entry: Entry | undefined): GuestWish {
  return entry === undefined ? noWish : { ...noWish, ...(JSON.parse(entry.value) as Partial<GuestWish>) }
}

function transactionOf(
  { changes, hosts = new Map() }: WishPlan,
  entries: ReadonlyMap<string, Entry>,
  by: string,
  at: GuestWish['at'],
): Transaction {
  const ofGuests = [...changes].map(([guest, change]) => {
    const key = storeKeys.guestWish(guest)
    return { key, value: JSON.stringify(changedWish(readWish(entries.get(key)), change, by, at)) }
  })
  const ofHosts = [...hosts].map(([host, { downInBoot }]) => {
    const wish: HostWish = { downInBoot, by, at }
    return { key: storeKeys.hostWish(host), value: JSON.stringify(wish) }
  })
  const put = [...ofGuests, ...ofHosts]
  return { when: put.map(({ key }) => ({ key, revision: entries.get(key)?.revision ?? 0 })), put, remove: [] }
}

/** The history tells who said what; it never holds up the answer, and its loss is no reason to refuse a durable wish. */
function noteCommand(powers: ApiPowers, plan: WishPlan, said: string, by: string): void {
  const at = powers.clock.wall()
  // Down with the host: one line, not one a guest.
  const hosts = [...(plan.hosts ?? [])].filter(([, change]) => change.downInBoot !== null)
  const told = [
    ...[...plan.changes.keys()].map((guest) => ({ guest, host: powers.host })),
    ...hosts.map(([host]) => ({ guest: null, host })),
  ]
  const events = told.map(({ guest, host }) => ({
    at,
    host,
    actor: 'person' as const,
    word: 'wish' as const,
    guest,
    service: null,
    because: null,
    fault: null,
    note: by === '' ? said : `${said} (${by})`,
  }))
  if (events.length === 0) return
  powers.history.append(events).catch((error: unknown) => {
    powers.log.warn('a command is not in the history', { said, by, error: String(error) })
  })
}

function resultOf(plan: WishPlan): WishResult {
  const { changes, hosts = new Map(), already, also, skipped, affects } = plan
  const changed = [...changes.keys(), ...[...hosts.values()].flatMap(({ guests }) => guests)]
  return { schemaVersion, changed, already, also, skipped, affects }
}
