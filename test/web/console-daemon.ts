import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { ApiPowers, CheckedFile, ClusterFileSource } from '../../src/api/powers.ts'
import { createApi } from '../../src/api/server.ts'
import { builtConsole } from '../../src/api/web-files.ts'
import { consoleFolder } from '../../src/bin/console-folder.ts'
import { createWhatIf } from '../../src/bin/what-if.ts'
import { paths } from '../../src/contract/protocol.ts'
import { compileCluster } from '../../src/core/graph.ts'
import type { ClusterSnapshot } from '../../src/core/snapshot.ts'
import type { Rights } from '../../src/model/access.ts'
import type { HistoryEvent } from '../../src/model/event.ts'
import { parseClusterFile } from '../../src/model/file/parse-cluster-file.ts'
import type { GuestId, HostId } from '../../src/model/ids.ts'
import { absentGuest } from '../../src/model/observation.ts'
import type { StoredCluster } from '../../src/model/stored-cluster.ts'
import type { TaskRecord } from '../../src/model/task.ts'
import { storeKeys } from '../../src/ports/store.ts'
import { FakeDaemon } from '../api/fake-daemon.ts'
import { type WideDraft, wideCluster } from '../core/wide.ts'
import type { GuestDraft } from '../core/world.ts'

export const password = 'a lookout on the hill'

/** Nine guests of a small office, in five waves. */
export const office: Record<string, GuestDraft> = {
  dns: { services: ['53/udp', '53/tcp'], tags: ['base'], priority: 10 },
  storage: { services: ['2049/tcp'], tags: ['base'] },
  ldap: { services: ['389/tcp'], needs: ['dns:53/udp'], tags: ['base'] },
  db: { services: ['5432/tcp'], needs: ['dns:53/udp', 'storage:2049/tcp'], tags: ['data'] },
  mail: { services: ['25/tcp', '143/tcp'], needs: ['ldap:389/tcp', 'storage:2049/tcp'], tags: ['front'] },
  erp: { services: ['8080/tcp'], needs: ['db:5432/tcp', 'ldap:389/tcp'], tags: ['front'] },
  web: { services: ['80/tcp', '443/tcp'], needs: ['erp:8080/tcp', ['mail:25/tcp', 'keep']], tags: ['front'] },
  reports: { services: ['80/tcp'], needs: [['erp:8080/tcp', 'stop'], 'db:5432/tcp'] },
  monitor: { services: ['3000/tcp'], needs: ['web:443/tcp', 'reports:80/tcp'], tags: ['ops'] },
}

/** The office as a cluster file says it. */
export const officeFile = `# The office.
version: 1
name: office
guests:
  dns: { services: [53/udp, 53/tcp], tags: [base], priority: 10 }
  storage: { services: [2049/tcp], tags: [base] }
  ldap: { services: [389/tcp], needs: [dns:53/udp], tags: [base] }
  db: { services: [5432/tcp], needs: [dns:53/udp, storage:2049/tcp], tags: [data] }
  mail: { services: [25/tcp, 143/tcp], needs: [ldap:389/tcp, storage:2049/tcp], tags: [front] }
  erp: { services: [8080/tcp], needs: [db:5432/tcp, ldap:389/tcp], tags: [front] }
  web:
    services: [80/tcp, 443/tcp]
    needs: [erp:8080/tcp, { need: mail:25/tcp, onLoss: keep }]
    tags: [front]
  reports: { services: [80/tcp], needs: [{ need: erp:8080/tcp, onLoss: stop }, db:5432/tcp] }
  monitor: { services: [3000/tcp], needs: [web:443/tcp, reports:80/tcp], tags: [ops] }
`

/** A pretend daemon whose history tells what its decisions were, and which reads cluster files as a real one does. */
export class ConsoleDaemon extends FakeDaemon {
  #applied = officeFile

  constructor(drafts: Record<string, GuestDraft> = office) {
    super(drafts)
    const { world } = this
    const round = world.round.bind(world)
    const history = this.history.connect()
    world.round = () => {
      const decision = round()
      if (decision.events.length > 0) void history.append(decision.events)
      return decision
    }
    const stored: StoredCluster = {
      spec: world.cluster.spec,
      source: { path: '/etc/vigia/office.yaml', format: 'vigia', text: officeFile },
      appliedBy: 'root',
      appliedAt: 1_767_225_600_000 as StoredCluster['appliedAt'],
    }
    this.store.apply({ when: [], put: [{ key: storeKeys.cluster, value: JSON.stringify(stored) }], remove: [] })
  }

  override powers(): ApiPowers {
    return { ...super.powers(), checkFile: async (source) => checkedFile(source) }
  }

  /** A file that was applied is followed, as a leader does; its new guests are there, and stopped. */
  override readWishes(): void {
    super.readWishes()
    const stored = this.stored()
    if (stored === null || stored.source.text === this.#applied) return
    this.#applied = stored.source.text
    this.world.cluster = compileCluster(stored.spec)
    for (const { id } of this.world.cluster.order) {
      if (!this.world.seen.has(id)) this.world.seen.set(id, { ...absentGuest, run: 'stopped' })
    }
  }

  /** A service falls silent, and what the leader makes of it. */
  lose(guest: string, service: string): void {
    const seen = this.world.seen.get(guest as never)!
    this.world.see(guest, seen.run, { ...seen.services, [service]: 'refused' } as never)
    this.world.after(1_000).settle()
    this.changed()
  }

  regain(guest: string, service: string): void {
    const seen = this.world.seen.get(guest as never)!
    this.world.see(guest, seen.run, { ...seen.services, [service]: 'answering' } as never)
    this.world.after(1_000).settle()
    this.changed()
  }
}

function checkedFile({ path, text, files }: ClusterFileSource): CheckedFile {
  const readFile = (name: string) => (Object.hasOwn(files, name) ? files[name]! : { reason: 'ENOENT' })
  const read = parseClusterFile({ path, text, readFile })
  if (!read.ok) return { spec: null, format: read.format, problems: read.problems }
  return { spec: read.spec, format: read.format, problems: read.warnings }
}

/** Several hosts: a table that stands still. */
export class WideConsoleDaemon extends ConsoleDaemon {
  known: ClusterSnapshot
  readonly #play = createWhatIf()

  constructor(draft: WideDraft) {
    super(Object.fromEntries(Object.entries(draft.guests).map(([id, guest]) => [id, guest.spec ?? {}])))
    const { compiled, snapshot } = wideCluster(draft)
    // Since an hour and a half before the table's now.
    const since = (snapshot.wall - 5_400_000) as WallTime
    const records = [...snapshot.records].map(([id, record]) => [id, { ...record, enteredAtWall: since }] as const)
    this.world.cluster = compiled
    const put = [...snapshot.members!.sights].map(([host, { alive }]) => {
      return { key: storeKeys.alive(host), value: JSON.stringify(alive) }
    })
    this.store.apply({ when: [], put, remove: [] })
    // An oath is about a member's record as it lies in the store.
    const sights = [...snapshot.members!.sights].map(([host, sight]) => {
      const [entry] = this.store.snapshot(storeKeys.alive(host)).entries
      return [host, { ...sight, revision: entry!.revision }] as const
    })
    const members = { ...snapshot.members!, sights: new Map(sights) }
    this.known = { ...snapshot, members, records: new Map(records) }
  }

  override snapshot(): ClusterSnapshot {
    this.readWishes()
    const { wishes, hostWishes } = this.world
    return { ...this.known, wishes, hostWishes }
  }

  /** Losses are played as a real daemon plays them. */
  override powers(): ApiPowers {
    return { ...super.powers(), whatIf: (lose) => this.#play(this.snapshot(), lose) }
  }

  /** What may have happened on such a day, for pages that show it. */
  async tellStory(): Promise<void> {
    const at = (minutes: number) => (1_767_225_600_000 - minutes * 60_000) as HistoryEvent['at']
    const base = { actor: 'leader', service: null, because: null, fault: null, note: null, guest: null } as const
    const story = [
      { ...base, at: at(95), host: 'h1', actor: 'daemon', word: 'daemon-started', note: '0.1.0' },
      { ...base, at: at(94), host: 'h1', word: 'leading' },
      {
        ...base,
        at: at(90),
        host: 'h1',
        actor: 'person',
        word: 'applied',
        note: '/etc/vigia/office.yaml +9 -0 ~0 (root)',
      },
      { ...base, at: at(89), host: 'h1', guest: 'dns', word: 'start', because: { code: 'needs-answer' } },
      { ...base, at: at(88), host: 'h1', guest: 'dns', word: 'ready', because: { code: 'services-answer' } },
      { ...base, at: at(87), host: 'h2', guest: 'db', word: 'ready', because: { code: 'services-answer' } },
      { ...base, at: at(86), host: 'h2', guest: 'erp', word: 'ready', because: { code: 'services-answer' } },
      {
        ...base,
        at: at(31),
        host: 'h2',
        actor: 'agent',
        guest: 'db',
        service: '5432/tcp',
        word: 'lost',
      },
      {
        ...base,
        at: at(31),
        host: 'h2',
        guest: 'erp',
        word: 'pause',
        because: { code: 'needs-lost', needs: [{ text: 'db:5432/tcp', guest: 'db', state: 'refused' }] },
      },
      { ...base, at: at(30), host: 'h2', actor: 'agent', guest: 'db', service: '5432/tcp', word: 'answers' },
      { ...base, at: at(30), host: 'h2', guest: 'erp', word: 'resume', because: { code: 'needs-answer' } },
      { ...base, at: at(12), host: 'h1', actor: 'person', guest: 'mail', word: 'wish', note: 'migrate h1 (ana)' },
      {
        ...base,
        at: at(11),
        host: 'h1',
        guest: 'mail',
        word: 'moved',
        because: { code: 'moved', from: 'h2', cause: 'operator' },
      },
      {
        ...base,
        at: at(2),
        host: 'h1',
        guest: 'reports',
        word: 'waiting',
        because: { code: 'host-silent', host: 'h3', lacks: 'no-device-and-no-watchdog' },
      },
    ] as unknown as HistoryEvent[]
    await this.history.connect().append(story)
    const put = tasksOf(at).map((task) => ({ key: storeKeys.task(task.id), value: JSON.stringify(task) }))
    this.store.apply({ when: [], put, remove: [] })
  }
}

type WallTime = HistoryEvent['at']

function tasksOf(at: (minutes: number) => WallTime): TaskRecord[] {
  const common = { by: 'ana', cancelledBy: null }
  const ended = { state: 'done', because: null } as const
  const ready = (guest: string) => ({ guest: guest as GuestId, goal: { kind: 'ready' }, end: ended }) as const
  const there = { kind: 'there', to: 'h1' as HostId, serial: null } as const
  return [
    {
      ...{ ...common, id: 'story-1', kind: 'launch', said: 'launch', startedAt: at(89), endedAt: at(86) },
      steps: Object.keys(office).slice(0, 6).map(ready),
    },
    {
      ...{ ...common, id: 'story-2', kind: 'migrate', said: 'migrate h1', startedAt: at(12), endedAt: at(11) },
      steps: [{ guest: 'mail' as GuestId, goal: there, end: ended }],
    },
  ]
}

/** The office over three hosts; h3 is silent and nothing proves it dead. */
export function wideOffice(): WideConsoleDaemon {
  const on = { dns: 'h1', storage: 'h1', ldap: 'h2', db: 'h2', mail: 'h1', erp: 'h2', web: 'h1', reports: 'h3' }
  const because = { code: 'services-answer' } as const
  const guests = Object.fromEntries(
    Object.entries(on).map(([id, host]) => [id, { on: host, spec: office[id]!, because }]),
  )
  return new WideConsoleDaemon({
    over: { name: 'office' },
    hosts: {
      h1: { fence: ['fence_ipmilan'], memoryMib: 16_384 },
      h2: { fence: ['fence_ipmilan'], memoryMib: 16_384 },
      h3: { silentMs: 30_000, memoryMib: 8_192 },
    },
    guests: {
      ...guests,
      reports: {
        on: 'h3',
        spec: office.reports!,
        phase: { kind: 'waiting', notBefore: null },
        because: { code: 'host-silent', host: 'h3' as HostId, lacks: 'no-device-and-no-watchdog' },
      },
    },
  })
}

/** The office over three hosts that are all well: whatever is lost or emptied, the others can take its guests. */
export function healthyOffice(): WideConsoleDaemon {
  const on = ['h1', 'h2', 'h3'] as const
  const guests = Object.entries(office).map(([id, spec], index) => [id, { on: on[index % on.length]!, spec }] as const)
  const host = { fence: ['fence_ipmilan'], memoryMib: 16_384 }
  return new WideConsoleDaemon({ hosts: { h1: host, h2: host, h3: host }, guests: Object.fromEntries(guests) })
}

/** The API of a pretend daemon with the built console. Throws where that was not built. */
export async function consoleApi(daemon: FakeDaemon): Promise<FastifyInstance> {
  const web = builtConsole(consoleFolder(join(import.meta.dirname, '..', '..', 'src', 'bin')))
  if (web === null) throw new Error('the console is not built: npm run build:web')
  return createApi(daemon.powers(), { web })
}

/** An account, made through the socket as root would. */
export async function account(app: FastifyInstance, name: string, rights: Partial<Rights> = {}): Promise<void> {
  const { role = 'administrator', tags = null } = rights
  const answer = await app.inject({ method: 'POST', url: paths.users, payload: { name, password, role, tags } })
  if (answer.statusCode !== 200) throw new Error(answer.body)
}
