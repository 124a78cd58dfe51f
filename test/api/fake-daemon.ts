import { PassThrough } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import type { AccessPowers } from '../../src/api/access/powers.ts'
import type { ApiPowers, CheckedFile } from '../../src/api/powers.ts'
import { createApi } from '../../src/api/server.ts'
import { reckon } from '../../src/bin/reckon.ts'
import type { ClusterSnapshot } from '../../src/core/snapshot.ts'
import { localClock } from '../../src/drivers/local/clock.ts'
import { Argon2Passwords } from '../../src/drivers/password/argon2.ts'
import type { StoredEvent } from '../../src/model/event.ts'
import { Fault, type FaultData } from '../../src/model/fault.ts'
import { agentLife, type GuestId, type HostId, hostId, instant, wallTime } from '../../src/model/ids.ts'
import { type NewestFigures, seriesOf } from '../../src/model/metric.ts'
import type { StoredCluster } from '../../src/model/stored-cluster.ts'
import { type GuestWish, type HostWish, noWish } from '../../src/model/wish.ts'
import type { HostGuests, LineWish } from '../../src/ports/host-guests.ts'
import type { ConsoleLine } from '../../src/ports/hypervisor.ts'
import { type Log, silentLog } from '../../src/ports/log.ts'
import { type Store, storeKeys } from '../../src/ports/store.ts'
import { FakeAudit } from '../../src/sim/fakes/fake-audit.ts'
import { FakeHistory } from '../../src/sim/fakes/fake-history.ts'
import { FakeStore } from '../../src/sim/fakes/fake-store.ts'
import { type GuestDraft, home, World } from '../core/world.ts'
import { checkedSerializer } from './checked-api.ts'
import { FakeDrills } from './fake-drills.ts'

/** The real ones: how long they take is part of what is tested. */
const passwords = new Argon2Passwords()

/** A daemon with a pretend world behind a real API: the cluster is a table, its store and history are in memory. */
export class FakeDaemon {
  readonly world: World
  /** How far its wall clock is ahead of the machine's. */
  wallAheadMs = 0
  readonly clock = { ...localClock(), wall: () => wallTime(Date.now() + this.wallAheadMs) }
  /** Writes and reads of its store fail. */
  storeAway = false
  /** Instead of the one in memory. */
  realStore: Store | null = null
  readonly store = new FakeStore(this.clock)
  readonly history = new FakeHistory(this.clock)
  readonly logged: string[] = []
  readonly audit = new FakeAudit()
  readonly drills = new FakeDrills()
  openId: AccessPowers['openId'] = null
  troubles: FaultData[] = []
  hasCluster = true
  consoleTaken = false
  /** Designs are played. */
  plays = false
  consolesClosed = 0
  withoutVnc = false
  /** Hosts whose daemon does not answer. */
  silentHosts: readonly string[] = []
  /** The first series by `HOST KIND:NAME`. */
  readonly measured: Record<string, readonly (number | null)[]> = {}
  readonly newest: Record<string, NewestFigures> = {}
  /** By `HOST DOMAIN`. */
  readonly definitions: Record<string, string> = {}
  /** Of all others; null: they are not there. */
  definition: string | null = '<domain/>'
  /** Domains that its libvirt starts by itself; null: it cannot be asked. */
  autostarting: readonly string[] | null = null
  checked: CheckedFile
  readonly #listeners = new Set<() => void>()

  constructor(drafts: Record<string, GuestDraft>) {
    this.world = new World(drafts)
    this.checked = { spec: this.world.cluster.spec, format: 'vigia', problems: [] }
  }

  powers(): ApiPowers {
    const log: Log = { ...silentLog, error: (message, fields) => this.logged.push(`${message} ${fields?.code}`) }
    return {
      version: '0.0.0-test',
      host: home,
      snapshot: () => this.snapshot(),
      subscribe: (listener) => {
        this.#listeners.add(listener)
        return () => this.#listeners.delete(listener)
      },
      store:
        this.realStore ??
        this.store.connect({ fail: () => (this.storeAway ? new Fault('store-lost', 'not-done') : null) }),
      history: this.history.connect(),
      clock: this.clock,
      log,
      checkFile: async () => this.checked,
      guestsOf: (host) => this.guestsOf(host),
      access: {
        passwords,
        audit: this.audit,
        directory: null,
        openId: this.openId,
        urls: () => ['https://node1.example:8443'],
      },
      drills: this.drills,
      autostarting: async () => this.autostarting,
      troubles: () => this.troubles,
      reckon: async (question, history) => {
        const events: StoredEvent[] = []
        for await (const page of history ?? []) events.push(...page)
        // A play takes seconds of this very thread.
        const isPlay = question.kind === 'foresight' && question.plays !== null
        if (isPlay && !this.plays)
          throw new Fault('daemon-busy', 'not-done', { text: 'another plan is being reckoned' })
        return reckon(question, events)
      },
      examine: async () => [{ id: 'socket', result: 'pass', subject: null, details: {}, fault: null }],
    }
  }

  /** As that host tells of them; each host has measured what `measured` says of it. */
  guestsOf(host: HostId): HostGuests {
    const here = <T>(answer: () => T): Promise<T> =>
      this.silentHosts.includes(host)
        ? Promise.reject(new Fault('peer-lost', 'not-done', { member: host }))
        : Promise.resolve().then(answer)
    return {
      figures: ({ kind, name }, { count, group }) =>
        here(() =>
          seriesOf[kind].map((_, which) =>
            Array.from({ length: count / group }, (__, at) =>
              which === 0 ? (this.measured[`${host} ${kind}:${name}`]?.[at] ?? null) : null,
            ),
          ),
        ),
      newest: () => here(() => this.newest[host] ?? null),
      definition: (domain) => here(() => this.definitions[`${host} ${domain}`] ?? this.definition),
      openLine: (wish) => here(() => this.openLine(host, wish)),
    }
  }

  /** Says whose it is, and then everything it is told; `bye` ends it. */
  openLine(host: HostId, { domain, kind, force }: LineWish): ConsoleLine {
    if (kind === 'vnc' && this.withoutVnc) throw new Fault('refused', 'not-done', { why: 'no-vnc', domain })
    if (this.consoleTaken && !force) throw new Fault('domain-refused', 'not-done', { domain, text: 'somebody has it' })
    const said = new PassThrough()
    said.write(kind === 'vnc' ? `RFB 003.008\n${host} ${domain} ` : `${domain} login: `)
    return {
      output: said,
      write: async (bytes) => {
        if (String(Buffer.from(bytes)) === 'bye') said.end()
        else said.write(bytes)
      },
      close: () => {
        this.consolesClosed += 1
        said.destroy()
      },
    }
  }

  /** An answer that is not as its schema says fails as a fault inside. */
  async api(): Promise<FastifyInstance> {
    const serializerCompiler = checkedSerializer((text) => {
      throw new Error(text)
    })
    return createApi(this.powers(), { serializerCompiler })
  }

  snapshot(): ClusterSnapshot {
    const { world } = this
    this.readWishes()
    const observation = {
      host: home,
      life: agentLife('life-1'),
      bootId: world.bootId,
      complete: true,
      hypervisor: world.hypervisor,
      memoryMib: world.memoryMib,
      cpus: 8,
      otherGuestsMib: 0,
      guests: new Map(world.seen),
      externals: {},
    }
    const seen = { observation, seenAt: instant(world.nowMs), verdictSince: new Map() }
    return {
      cluster: this.hasCluster ? world.cluster.spec : null,
      wishes: world.wishes,
      hostWishes: world.hostWishes,
      records: world.records,
      hostRecords: world.hostRecords,
      observations: new Map([[home, seen]]),
      now: instant(world.nowMs),
      wall: wallTime(1_767_225_600_000 + world.nowMs),
    }
  }

  /** As the leader does when the store tells of a wish. */
  readWishes(): void {
    for (const { key, value } of this.store.snapshot(storeKeys.guestWishes).entries) {
      this.world.wishes.set(key.slice(storeKeys.guestWishes.length) as GuestId, JSON.parse(value) as GuestWish)
    }
    for (const { key, value } of this.store.snapshot(storeKeys.hostWishes).entries) {
      this.world.hostWishes.set(hostId(key.slice(storeKeys.hostWishes.length)), JSON.parse(value) as HostWish)
    }
  }

  wish(guest: string): GuestWish {
    const [entry] = this.store.snapshot(storeKeys.guestWish(guest)).entries
    return entry === undefined ? noWish : (JSON.parse(entry.value) as GuestWish)
  }

  stored(): StoredCluster | null {
    const [entry] = this.store.snapshot(storeKeys.cluster).entries
    return entry === undefined ? null : (JSON.parse(entry.value) as StoredCluster)
  }

  /** From now on guests start and stop a little after they are told to, as real ones do. `broken` ones never start. */
  live(options: { readonly delayMs?: number; readonly broken?: readonly string[] } = {}): () => void {
    const { delayMs = 15, broken = [] } = options
    const under = new Map<string, NodeJS.Timeout>()
    const step = (): void => {
      this.readWishes()
      this.world.after(1).settle()
      for (const { id, probed } of this.world.cluster.order) {
        const wanted = this.world.wanted(id)
        const { run } = this.world.seen.get(id)!
        const target =
          wanted === 'running' ? 'running' : wanted === 'paused' && run === 'running' ? 'paused' : 'stopped'
        if (under.has(id) || wanted === 'as-is' || wanted === undefined || target === run) continue
        const act = (): void => {
          under.delete(id)
          const generation = this.world.records.get(id)?.generation ?? 0
          const fault = {
            code: 'domain-refused',
            outcome: 'not-done',
            details: { domain: id, action: 'start' },
          } as const
          if (target === 'running' && broken.includes(id))
            this.world.see(id, 'stopped', {}, { tried: { generation, fault } })
          else {
            const answers = target === 'running' ? probed.map(({ key }) => [key, 'answering'] as const) : []
            this.world.see(id, target, Object.fromEntries(answers), { tried: { generation, fault: null } })
          }
          step()
        }
        under.set(id, setTimeout(act, delayMs))
      }
      this.changed()
    }
    this.store.onCommit(() => queueMicrotask(step))
    step()
    return () => {
      for (const timer of under.values()) clearTimeout(timer)
    }
  }

  changed(): void {
    for (const listener of this.#listeners) listener()
  }
}

/** dns <- mail <- web; lone is needed by nobody. All ready. */
export function launchedDaemon(drafts: Record<string, GuestDraft> = chain): FakeDaemon {
  const daemon = new FakeDaemon(drafts)
  daemon.world.launched()
  daemon.world.settle()
  return daemon
}

export const chain: Record<string, GuestDraft> = {
  dns: { services: ['53/udp'], tags: ['base'] },
  mail: { services: ['25/tcp'], needs: ['dns:53/udp'] },
  web: { services: ['80/tcp'], needs: ['mail:25/tcp'], tags: ['front'] },
  lone: { services: ['22/tcp'], tags: ['front'] },
}
