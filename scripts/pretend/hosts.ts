import { createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { MemberLease } from '../../src/agent/membership.ts'
import { StoreObservations } from '../../src/agent/store-observations.ts'
import { defaultLeaseMs, leaseTimes } from '../../src/core/lease-times.ts'
import { EtcdStore } from '../../src/drivers/etcd/store.ts'
import { localClock } from '../../src/drivers/local/clock.ts'
import { Fault } from '../../src/model/fault.ts'
import { agentLife, type GuestId, type HostId } from '../../src/model/ids.ts'
import { absentGuest, type GuestObservation } from '../../src/model/observation.ts'
import type { GuestRecord } from '../../src/model/record.ts'
import { silentLog } from '../../src/ports/log.ts'
import type { Answer, Question } from '../../src/ports/peers.ts'
import { type Change, type Revision, storeKeys } from '../../src/ports/store.ts'
import { clusterName, hostOf, monotonicMs, type PretendConfig, say } from './config.ts'
import { Renewals } from './renewals.ts'

/** So many begin to renew at once; the others follow. */
const beginAtOnce = 20
const beginEachMs = 50

/** Each waits for as long as a read may take. */
const triesToRead = 6

/** One pretend host: the real lease and the real observations in the real store, and guests that do at once what they are told. */
class PretendHost {
  readonly id: HostId
  readonly #lease: MemberLease
  readonly #observations: StoreObservations
  readonly #guests = new Map<GuestId, GuestObservation>()
  readonly #life: string
  readonly #fileRevision: Revision
  #answer: (question: Question) => Answer | null = () => null
  #on = true
  #telling = false

  constructor(id: HostId, config: PretendConfig, fileRevision: Revision, renewals: Renewals) {
    this.id = id
    this.#life = `life of ${id}`
    this.#fileRevision = fileRevision
    const clock = localClock()
    // Each host has a member of its own that it asks first.
    const place = Number(id.slice(-4)) % config.endpoints.length
    const endpoints = [...config.endpoints.slice(place), ...config.endpoints.slice(0, place)]
    const own = new EtcdStore({ endpoints, cluster: clusterName, client: id })
    const store = renewals.counted(own, config.watching === 'all')
    const peers = {
      ask: () => Promise.reject(new Fault('peer-lost', 'not-done', { member: id })),
      serve: (answer: (question: Question) => Answer) => {
        this.#answer = answer
        return () => {}
      },
      close: async () => {},
    }
    const life = agentLife(this.#life)
    this.#lease = new MemberLease(
      { ...{ host: id, life, bootId: 'boot', clock, store, peers }, watchdog: null, log: silentLog },
      defaultLeaseMs,
    )
    this.#observations = new StoreObservations({ store, clock, log: silentLog, host: id })
    this.#lease.start()
    this.#tell()
  }

  get isOn(): boolean {
    return this.#on
  }

  ask(question: Question): Answer | null {
    return this.#on ? this.#answer(question) : null
  }

  obey({ guest, owner, wanted, generation }: GuestRecord): void {
    const runs = owner === this.id && wanted === 'running'
    if (!this.#on || (!runs && !this.#guests.has(guest))) return
    const seen: GuestObservation = {
      ...{ ...absentGuest, run: 'running', memoryMib: 1_024, memoryMaxMib: 1_024 },
      ...{ tried: { generation, fault: null }, services: { '22/tcp': 'answering' } },
    }
    if (runs) this.#guests.set(guest, seen)
    else this.#guests.delete(guest)
    if (this.#telling) return
    this.#telling = true
    queueMicrotask(() => {
      this.#telling = false
      this.#tell()
    })
  }

  powerCut(): void {
    this.#on = false
    this.#lease.stop()
    this.#observations.stop()
  }

  #tell(): void {
    this.#observations.publish({
      ...{ host: this.id, life: agentLife(this.#life), bootId: 'boot', fileRevision: this.#fileRevision },
      ...{ complete: true, hypervisor: 'up', memoryMib: 65_536, cpus: 16, otherGuestsMib: 0 },
      ...{ guests: this.#guests, externals: {} },
    })
  }
}

/** Many of them in this process. They follow the leader's records together: at rest nothing is written there. */
export async function runHosts(config: PretendConfig): Promise<void> {
  const renewals = new Renewals(leaseTimes(defaultLeaseMs).gapMs)
  const hosts = new Map<string, PretendHost>()
  const store = new EtcdStore({ endpoints: config.endpoints, cluster: clusterName, client: `hosts${config.from}` })
  const { entries } = await again(() => store.read(storeKeys.cluster))
  const fileRevision = entries[0]?.revision ?? 0
  for (let index = config.from; index < config.to; index++) {
    hosts.set(hostOf(index), new PretendHost(hostOf(index), config, fileRevision, renewals))
    if (index % beginAtOnce === 0) await new Promise((resolve) => setTimeout(resolve, beginEachMs))
  }
  await followRecords(store, hosts)
  serve(hosts, (port) => say({ kind: 'listening', port }))
  createInterface({ input: process.stdin })
    .on('line', (line) => {
      const [word, host = ''] = line.split(' ')
      if (word === 'reset') renewals.reset()
      if (word === 'report') say({ kind: 'report', ...renewals.report() })
      if (word === 'lose') {
        hosts.get(host)?.powerCut()
        say({ kind: 'lost', atMs: monotonicMs() })
      }
    })
    .on('close', () => process.exit(0))
}

/** A store that is busy with others may need several tries. */
async function again<Result>(read: () => Promise<Result>): Promise<Result> {
  for (let left = triesToRead; ; left--) {
    try {
      return await read()
    } catch (error) {
      if (left <= 1) throw error
    }
  }
}

async function followRecords(store: EtcdStore, hosts: ReadonlyMap<string, PretendHost>): Promise<void> {
  const owners = new Map<string, string>()
  const take = (changes: readonly Pick<Change, 'key' | 'value'>[]): void => {
    for (const { value } of changes) {
      if (value === null) continue
      const record = JSON.parse(value) as GuestRecord
      const before = hosts.get(owners.get(record.guest) ?? '')
      before?.obey(record)
      if (record.owner === null) continue
      owners.set(record.guest, record.owner)
      if (before?.id !== record.owner) hosts.get(record.owner)?.obey(record)
    }
  }
  const { entries, revision } = await again(() => store.read(storeKeys.guestRecords))
  take(entries)
  store.watch(storeKeys.guestRecords, revision, {
    changes: take,
    gap: () => {
      throw new Error('the records cannot be followed')
    },
  })
}

/** The direct way, as lines: `ID HOST power` or `ID HOST QUESTION`. A host without power answers nothing but that. */
function serve(hosts: ReadonlyMap<string, PretendHost>, listening: (port: number) => void): void {
  const server = createServer((peer: Socket) => {
    peer.on('error', () => peer.destroy())
    createInterface({ input: peer }).on('line', (line) => {
      const [id, host = '', ...rest] = line.split(' ')
      const asked = hosts.get(host)
      if (asked === undefined) return
      if (rest[0] === 'power') peer.write(`${id} ${JSON.stringify(asked.isOn ? 'on' : 'off')}\n`)
      else {
        const answer = asked.ask(JSON.parse(rest.join(' ')) as Question)
        if (answer !== null) peer.write(`${id} ${JSON.stringify(answer)}\n`)
      }
    })
  })
  server.listen(0, '127.0.0.1', () => {
    const place = server.address()
    listening(typeof place === 'object' && place !== null ? place.port : 0)
  })
}
