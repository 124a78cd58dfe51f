import type { MemberLease } from '../agent/membership.ts'
import { requireSpoken } from '../core/store-schema.ts'
import type { Enrolment } from '../drivers/ca/enrolment.ts'
import { type MemberKey, memberKeyEntry, readOne } from '../drivers/ca/stored-identities.ts'
import type { MemberFile, StorePlace } from '../drivers/local/member-file.ts'
import { authorityKeyPath, authorityKeyRoute } from '../drivers/peers/authority-key.ts'
import { historyPath, historyRoute } from '../drivers/peers/history-copies.ts'
import { hostGuestsPath, hostGuestsRoute, linePath, lineRoute } from '../drivers/peers/host-guests.ts'
import { type HostQuestions, hostQuestionPath, hostRoute } from '../drivers/peers/host-questions.ts'
import { introductionPath } from '../drivers/peers/introduction.ts'
import { enrolmentRoutes } from '../drivers/peers/joining.ts'
import type { LineRoute, Route } from '../drivers/peers/peer-server.ts'
import { paths } from '../drivers/peers/wire.ts'
import type { AuthorityChange } from '../model/authority-change.ts'
import { Fault } from '../model/fault.ts'
import { type HostId, hostId } from '../model/ids.ts'
import type { MemberRecord } from '../model/member.ts'
import type { StoreSchemaRecord } from '../model/store-schema.ts'
import type { Clock } from '../ports/clock.ts'
import type { History } from '../ports/history.ts'
import type { HostGuests } from '../ports/host-guests.ts'
import { type Store, storeKeys } from '../ports/store.ts'
import type { MemberDirectory } from './member-directory.ts'
import { allEndpoints } from './own-store.ts'

export interface MemberRoutesOptions {
  readonly file: MemberFile
  /** Whom this member trusts, PEM. */
  readonly authority: () => string
  /** Null: this member signs nobody. */
  readonly enrolment: () => Promise<Enrolment | null>
  /** The key of the authority that this names; null: this host has it not. */
  readonly nextAuthorityKey: (next: string) => Promise<string | null>
  readonly store: Store
  readonly clock: Clock
  readonly lease: () => MemberLease
  /** Of this host: copies of what other members wrote go there. */
  readonly history: History
  readonly members: MemberDirectory
  /** A member whose last renewal is older counts as one that does not renew. */
  readonly renewedWithinMs: () => number
  /** What this host answers to `vigia doctor` of another. Null: it is not ready yet. */
  readonly here: () => HostQuestions | null
  /** Its guests, for the API of another. Null: it is not ready yet. */
  readonly guests: () => HostGuests | null
}

/** A joining host is told the store's places once. */
const maxBytes = 1_024

/** Well within what a joining host waits for. */
const majorityWaitMs = 4_000
const majorityLookMs = 200

/** What a member answers on its port beside questions: joining, renewing, and what the store is to those who have joined. */
export function memberRoutes(options: MemberRoutesOptions): ReadonlyMap<string, Route> {
  const { file, authority, enrolment, members, store } = options
  const routes = new Map(enrolmentRoutes(authority, enrolment))
  const join = routes.get(paths.join)!
  routes.set(paths.join, {
    maxBytes: join.maxBytes,
    answer: async (body, shown) => {
      // One that is a member already comes back: how many there are stays the same.
      if (members.record(memberIn(body)) === null) await requireMajority(options)
      await requireSameSchema(store, body)
      await requireNoAuthorityChange(store)
      const answer = await join.answer(body, shown)
      await recordMember(options, body)
      return answer
    },
  })
  const standingOf = (member: HostId, hash: string) => members.standingOf(member, hash)
  routes.set(hostQuestionPath, hostRoute(options.here, { standingOf }))
  routes.set(hostGuestsPath, hostGuestsRoute(options.guests, { standingOf }))
  const kindOf = (member: HostId) => members.record(member)?.kind ?? null
  routes.set(authorityKeyPath, authorityKeyRoute({ standingOf, kindOf, keyOf: options.nextAuthorityKey }))
  routes.set(historyPath, historyRoute(options.history, { standingOf }))
  routes.set(introductionPath, {
    maxBytes,
    answer: async (_, shown) => {
      if (shown === null || members.standingOf(shown.member, shown.keyHash) === 'foreign') {
        throw new Fault('certificate-refused', 'not-done', { text: 'missing' })
      }
      const kind = (await readOne<MemberKey>(store, memberKeyEntry(shown.member)))?.value.role ?? 'host'
      const { own } = file.store
      const endpoints = own === null ? file.store.endpoints : allEndpoints(members.records(), own)
      const introduction: Introduction = {
        cluster: file.cluster,
        store: { ...file.store, endpoints },
        kind,
        members: members.records().length,
      }
      return JSON.stringify(introduction)
    },
  })
  return routes
}

/** What connections to its port may become. */
export function memberLines({
  guests,
  members,
}: Pick<MemberRoutesOptions, 'guests' | 'members'>): ReadonlyMap<string, LineRoute> {
  const standingOf = (member: HostId, hash: string) => members.standingOf(member, hash)
  return new Map([[linePath, lineRoute(guests, { standingOf })]])
}

/** What a new member is told of its cluster. */
export interface Introduction {
  readonly cluster: string
  readonly store: StorePlace
  readonly kind: MemberRecord['kind']
  /** How many there are, the new one included. */
  readonly members: number
}

/**
 * S5: how many members there are changes only while more than half of them renew, so that all learn of it. A daemon that has just begun has
 * seen nobody renew yet, itself included: it is given the time of a few renewals.
 */
async function requireMajority({ lease, clock, renewedWithinMs }: MemberRoutesOptions): Promise<void> {
  const waitUntil = clock.now() + majorityWaitMs
  for (;;) {
    const sights = [...lease().members().values()]
    const renewing = sights.filter(
      ({ alive, unchangedSince, renewed }) =>
        alive?.left === false && renewed && clock.now() - unchangedSince < renewedWithinMs(),
    )
    if (renewing.length * 2 > sights.length) return
    if (clock.now() >= waitUntil)
      throw new Fault('no-quorum', 'not-done', { text: `${renewing.length} / ${sights.length}` })
    await new Promise<void>((resolve) => clock.after(majorityLookMs, resolve))
  }
}

/** What a new member would be given may be worth nothing a moment later. Faults: `refused` (`authority-changes`). */
export async function requireNoAuthorityChange(store: Store): Promise<void> {
  const change = await readOne<AuthorityChange>(store, storeKeys.authorityChange)
  if (change !== null) throw new Fault('refused', 'not-done', { why: 'authority-changes' })
}

/** One that would not understand the store is not let in: it could neither be led nor lead. */
async function requireSameSchema(store: Store, body: string): Promise<void> {
  const inForce = await readOne<StoreSchemaRecord>(store, storeKeys.schema)
  requireSpoken(inForce?.value ?? null, spokenIn(body))
}

/** What is no request at all is refused as such by the next who reads it. */
function spokenIn(body: string): number {
  try {
    const { speaks } = Object(JSON.parse(body)) as { speaks?: unknown }
    return typeof speaks === 'number' ? speaks : 1
  } catch {
    return 1
  }
}

/** Of a request that is no request, nobody's name: the enrolment says what is wrong with it. */
function memberIn(body: string): HostId {
  try {
    return hostId(String((JSON.parse(body) as { member?: unknown }).member))
  } catch {
    return hostId('-')
  }
}

/** The role was written with the key, when the token was used. */
async function recordMember({ store }: MemberRoutesOptions, body: string): Promise<void> {
  const { member, addresses } = JSON.parse(body) as { member: string; addresses: string[] }
  const id: HostId = hostId(member)
  const known = await readOne<MemberKey>(store, memberKeyEntry(id))
  const record: MemberRecord = { id, kind: known?.value.role ?? 'host', addresses }
  const key = storeKeys.member(id)
  // A conflict is an answer: it has been a member all the time, and comes with a new key or for the second time.
  await store.transact({ when: [{ key, revision: 0 }], put: [{ key, value: JSON.stringify(record) }], remove: [] })
}
