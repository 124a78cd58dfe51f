import { setTimeout as delay } from 'node:timers/promises'
import { Fault } from '../../model/fault.ts'
import { Refusal } from '../etcd/etcd-faults.ts'
import type { TlsMaterial } from '../etcd/exchange.ts'
import { Gateway } from '../etcd/gateway.ts'
import { Garbled, headerRevision, integer, type Json, list, record } from '../etcd/wire.ts'

/** One member as its own status tells. Sizes in bytes. */
export interface EtcdStatus {
  readonly memberId: string
  readonly clusterId: string
  /** '0': it knows no leader, and the store decides nothing. */
  readonly leaderId: string
  readonly learner: boolean
  readonly revision: number
  /** Entries of the log that it has and has not applied yet. */
  readonly behind: number
  readonly sizeBytes: number
  readonly usedBytes: number
  readonly version: string
}

export interface EtcdMember {
  readonly id: string
  /** Empty: it has been added and has never run. */
  readonly name: string
  readonly peerUrl: string
  readonly clientUrl: string
  readonly learner: boolean
}

export interface EtcdAlarm {
  readonly memberId: string
  readonly kind: 'no-space' | 'corrupt'
}

/** A change of members waits for a majority; a defragmentation writes the whole store anew. */
const readMs = 3_000
const changeMs = 10_000
const defragmentMs = 120_000

/** etcd takes a change of members once all have been connected for five seconds, and one learner at a time. */
const settleMs = 30_000

/** A learner far behind is promoted when it has caught up: a copy of the store over a slow line. */
const maxPromotions = 600
const promotionPauseMs = 500

/** The maintenance side of one member, or of whichever of several answers. Throws `Fault` (the store's codes), never `Refusal`. */
export class EtcdAdmin {
  readonly #gateway: Gateway

  constructor(endpoints: readonly string[], tls: () => TlsMaterial) {
    this.#gateway = new Gateway({ endpoints, tls, connectMs: 2_000, attemptMs: readMs })
  }

  close(): void {
    this.#gateway.close()
  }

  /** Of the member that answers: ask with one endpoint. A member without a leader refuses (`store-lost`). */
  async status(): Promise<EtcdStatus> {
    const answer = await this.#call('/v3/maintenance/status', {}, false, readMs)
    const header = record(answer.header, 'a header')
    const [applied, known] = [integer(answer.raftAppliedIndex, 'an index'), integer(answer.raftIndex, 'an index')]
    const sizeBytes = integer(answer.dbSize, 'a size')
    return {
      memberId: idOf(header.member_id),
      clusterId: idOf(header.cluster_id),
      leaderId: answer.leader === undefined ? '0' : idOf(answer.leader),
      learner: answer.isLearner === true,
      revision: headerRevision(answer),
      behind: Math.max(0, known - applied),
      sizeBytes,
      usedBytes: answer.dbSizeInUse === undefined ? sizeBytes : integer(answer.dbSizeInUse, 'a size'),
      version: typeof answer.version === 'string' ? answer.version : '',
    }
  }

  async members(): Promise<readonly EtcdMember[]> {
    return membersIn(await this.#call('/v3/cluster/member/list', {}, false, readMs))
  }

  /** Without a vote until it is promoted. Faults: `store-lost` also when another learner is there. `unknown`: look at the members again. */
  async addLearner(peerUrl: string): Promise<readonly EtcdMember[]> {
    return membersIn(await this.#change('/v3/cluster/member/add', { peerURLs: [peerUrl], isLearner: true }))
  }

  /** Gives a learner its vote as soon as it has caught up. Harmless for one that has it. Faults: `timeout`; the store's. */
  async promote(id: string): Promise<void> {
    for (let tries = 0; tries < maxPromotions; tries++) {
      const member = (await this.members()).find((one) => one.id === id)
      if (member === undefined) throw new Fault('no-quorum', 'not-done', { why: 'not-a-member', member: id })
      if (!member.learner) return
      try {
        await this.#change('/v3/cluster/member/promote', { ID: id })
      } catch (error) {
        if (!isNotInSync(error)) throw error
        await delay(promotionPauseMs)
      }
    }
    throw new Fault('timeout', 'not-done', { limitMs: maxPromotions * promotionPauseMs })
  }

  /** Harmless for one that is gone. */
  async remove(id: string): Promise<void> {
    const members = await this.members()
    if (members.some((member) => member.id === id)) {
      await this.#change('/v3/cluster/member/remove', { ID: id })
    }
  }

  async alarms(): Promise<readonly EtcdAlarm[]> {
    const answer = await this.#call('/v3/maintenance/alarm', { action: 'GET' }, false, readMs)
    return list(answer.alarms, 'alarms').map((value) => {
      const alarm = record(value, 'an alarm')
      return { memberId: idOf(alarm.memberID), kind: alarm.alarm === 'CORRUPT' ? 'corrupt' : 'no-space' }
    })
  }

  /** Writes are taken again. Only after space was made: etcd raises it anew otherwise. */
  async disarm(memberId: string): Promise<void> {
    await this.#call(
      '/v3/maintenance/alarm',
      { action: 'DEACTIVATE', memberID: memberId, alarm: 'NOSPACE' },
      true,
      changeMs,
    )
  }

  /** History up to this revision is forgotten, for all members. Harmless when it is already. */
  async compact(revision: number): Promise<void> {
    try {
      await this.#call('/v3/kv/compaction', { revision: String(revision), physical: true }, true, changeMs)
    } catch (error) {
      if (!(error instanceof Fault && String(error.details.text).includes('compacted'))) throw error
    }
  }

  /** Gives freed space back to the disk. The member answers nothing meanwhile: one at a time. */
  async defragment(): Promise<void> {
    for await (const _chunk of await this.stream('/v3/maintenance/defragment', defragmentMs)) {
      // Its answer is empty.
    }
  }

  /** An answer that is read as it comes, from the first of the members. Faults: the store's. */
  async stream(path: string, limitMs: number): Promise<AsyncIterable<Buffer>> {
    const [endpoint] = this.#gateway.endpoints.all
    if (endpoint === undefined) throw new Error('no endpoint')
    return asFaults(() => this.#gateway.stream(endpoint, path, '{}', AbortSignal.timeout(limitMs)))
  }

  /** A change of members, as soon as etcd takes one. */
  async #change(path: string, body: Json): Promise<Json> {
    const until = performance.now() + settleMs
    for (;;) {
      try {
        return await this.#call(path, body, true, changeMs)
      } catch (error) {
        if (!isNotYet(error) || performance.now() > until) throw error
        await delay(promotionPauseMs)
      }
    }
  }

  #call(path: string, body: Json, writes: boolean, limitMs: number): Promise<Json> {
    const anonymous = path.endsWith('/alarm')
    return asFaults(() => this.#gateway.call({ path, body: JSON.stringify(body), writes, limitMs, anonymous }))
  }
}

async function asFaults<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw error instanceof Refusal ? error.fault : error
  }
}

function membersIn(answer: Json): readonly EtcdMember[] {
  return list(answer.members, 'members').map((value) => {
    const member = record(value, 'a member')
    return {
      id: idOf(member.ID),
      name: typeof member.name === 'string' ? member.name : '',
      peerUrl: firstOf(member.peerURLs),
      clientUrl: firstOf(member.clientURLs),
      learner: member.isLearner === true,
    }
  })
}

/** Ids need all 64 bits: they stay text. */
function idOf(value: unknown): string {
  if (typeof value === 'string' && /^\d{1,20}$/.test(value)) return value
  throw new Garbled(`expected an id, got ${String(value).slice(0, 40)}`)
}

function firstOf(value: unknown): string {
  const first = list(value, 'URLs')[0]
  return typeof first === 'string' ? first : ''
}

/** Refused before anything was proposed, and only for now. */
function isNotYet(error: unknown): boolean {
  const text = error instanceof Fault ? String(error.details.text) : ''
  return text === 'etcdserver: unhealthy cluster' || text === 'etcdserver: too many learner members in cluster'
}

function isNotInSync(error: unknown): boolean {
  return error instanceof Fault && String(error.details.text).includes('in sync')
}
