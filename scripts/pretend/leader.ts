import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { MemberLease } from '../../src/agent/membership.ts'
import { StoreObservations } from '../../src/agent/store-observations.ts'
import { startLeader } from '../../src/control/leader.ts'
import { defaultLeaseMs, leaseTimes } from '../../src/core/lease-times.ts'
import { EtcdStore } from '../../src/drivers/etcd/store.ts'
import { localClock } from '../../src/drivers/local/clock.ts'
import { Fault } from '../../src/model/fault.ts'
import { agentLife, type HostId } from '../../src/model/ids.ts'
import type { GuestRecord } from '../../src/model/record.ts'
import type { Fencer } from '../../src/ports/fencer.ts'
import type { History } from '../../src/ports/history.ts'
import { silentLog } from '../../src/ports/log.ts'
import type { Answer } from '../../src/ports/peers.ts'
import { type Store, storeKeys, type Transaction } from '../../src/ports/store.ts'
import { clusterName, hostOf, indexOf, monotonicMs, type PretendConfig, say } from './config.ts'
import { Renewals } from './renewals.ts'

const powerLimitMs = 5_000

/** The leader's loop, as in a daemon of a host without guests: it decides about all others. */
export async function runLeader(config: PretendConfig): Promise<void> {
  const clock = localClock()
  const renewals = new Renewals(leaseTimes(defaultLeaseMs).gapMs)
  const [host, life] = [hostOf(0), agentLife('life of the leader')]
  const own = new EtcdStore({ endpoints: config.endpoints, cluster: clusterName, client: host })
  const ways = config.places.map(({ port, from, to }) => ({ from, to, way: new Way(port) }))
  const wayTo = (member: HostId): Way | undefined => {
    const index = indexOf(member)
    return ways.find(({ from, to }) => index >= from && index < to)?.way
  }
  let lost: HostId | null = null
  const store = told(renewals.counted(own, true), () => lost)
  const peers = {
    ask: async (member: HostId, question: object, timeoutMs: number): Promise<Answer> =>
      (await wayTo(member)?.ask(member, JSON.stringify(question), timeoutMs)) as Answer,
    serve: () => () => {},
    close: async () => {},
  }
  const lease = new MemberLease(
    { ...{ host, life, bootId: 'boot', clock, store, peers }, watchdog: null, log: silentLog },
    defaultLeaseMs,
  )
  lease.start()
  const observations = new StoreObservations({ store, clock, log: silentLog, host })
  const fencer: Fencer = {
    devices: () => ['pretend'],
    off: async () => {},
    on: async () => {},
    check: async () => {},
    read: async (member) => (await wayTo(member)?.ask(member, 'power', powerLimitMs)) as 'on' | 'off',
  }
  const leader = startLeader({
    ...{ host, clock, store, observations, history: noHistory, log: silentLog },
    cluster: { life, membership: lease, fencer },
  })
  let ready = 0
  leader.subscribe(() => {
    const { records } = leader.snapshot()
    const now = [...records.values()].filter(({ phase }) => phase.kind === 'ready').length
    if (now !== ready) say({ kind: 'ready', guests: now })
    ready = now
  })
  say({ kind: 'listening', port: 0 })
  createInterface({ input: process.stdin })
    .on('line', (line) => {
      const [word, member = ''] = line.split(' ')
      if (word === 'reset') renewals.reset()
      if (word === 'report') say({ kind: 'report', ...renewals.report() })
      if (word === 'lose') lost = member as HostId
    })
    .on('close', () => process.exit(0))
}

/** Says when the guests of the lost host have been written down as to be started elsewhere. */
function told(store: Store, lost: () => HostId | null): Store {
  return {
    ...store,
    transact: async (transaction: Transaction) => {
      const result = await store.transact(transaction)
      const host = lost()
      if (host === null || !result.done) return result
      const records = transaction.put
        .filter(({ key }) => key.startsWith(storeKeys.guestRecords))
        .map(({ value }) => JSON.parse(value) as GuestRecord)
      const own = `${host.replace('host', 'g')}-`
      const taken = records.filter(
        ({ guest, owner, phase }) => guest.startsWith(own) && owner !== host && phase.kind === 'starting',
      )
      const proven = transaction.put.some(({ key }) => key === storeKeys.hostRecord(host))
      if (proven) say({ kind: 'proven', atMs: monotonicMs() })
      if (taken.length > 0) say({ kind: 'taken', guests: taken.length, atMs: monotonicMs() })
      return result
    },
  }
}

/** One connection to a program of pretend hosts. */
class Way {
  readonly #socket: Socket
  readonly #waiting = new Map<string, (answer: unknown) => void>()
  #last = 0

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1')
    createInterface({ input: this.#socket }).on('line', (line) => {
      const at = line.indexOf(' ')
      this.#waiting.get(line.slice(0, at))?.(JSON.parse(line.slice(at + 1)))
    })
  }

  ask(member: HostId, text: string, timeoutMs: number): Promise<unknown> {
    const id = String(++this.#last)
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => {
        this.#waiting.delete(id)
        reject(new Fault('peer-lost', 'unknown', { member }))
      }, timeoutMs)
      this.#waiting.set(id, (answer) => {
        clearTimeout(limit)
        this.#waiting.delete(id)
        resolve(answer)
      })
      this.#socket.write(`${id} ${member} ${text}\n`)
    })
  }
}

const noHistory: History = {
  append: async () => {},
  query: async () => [],
  prune: async () => 0,
  subscribe: () => () => {},
  close: async () => {},
}
