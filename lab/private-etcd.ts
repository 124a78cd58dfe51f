import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { cacheFolder } from './cache.ts'

/** An etcd of a test's own: one member or several, on ports of 127.0.0.1 that were free, in a folder of their own. They die with this process. */
export interface PrivateEtcd {
  readonly members: readonly EtcdMember[]
  readonly endpoints: readonly string[]
  /** The member that leads now. */
  leader(): Promise<EtcdMember>
  stop(): Promise<void>
}

export interface EtcdMember {
  /** For clients. */
  readonly endpoint: string
  readonly dataFolder: string
  readonly pid: number
  /** SIGKILL; its data stay. */
  kill(): Promise<void>
  /** After `kill`; waits until it answers as part of a majority, or with `wait` false not at all. */
  start(wait?: boolean): Promise<void>
  /** SIGSTOP: its connections stay open and say nothing. */
  pause(): void
  resume(): void
  leads(): Promise<boolean>
}

export interface PrivateEtcdOptions {
  readonly members?: number
  readonly flags?: readonly string[]
  /** Paths of PEM files; clients must show a certificate of `ca`. */
  readonly tls?: { readonly ca: string; readonly cert: string; readonly key: string }
  /** The first member's data lie on a disk of their own of this size. Needs root. */
  readonly firstDiskMib?: number
  readonly parent?: string
}

const START_TIMEOUT_MS = 90_000

/** Why a private etcd cannot run here; undefined when it can. */
export function whyNoPrivateEtcd(): string | undefined {
  return etcdProgram() === undefined ? 'etcd is not installed (Debian package etcd-server)' : undefined
}

/** The program that tests run: the lab's own copy, or the system's. */
export function etcdProgram(): string | undefined {
  return [join(cacheFolder(), 'etcd', 'usr', 'bin', 'etcd'), '/usr/bin/etcd'].find((path) => existsSync(path))
}

/** Starts one and waits until every member answers. `stop` must be called, also after a failed test. */
export async function startPrivateEtcd(options: PrivateEtcdOptions = {}): Promise<PrivateEtcd> {
  const { members: count = 1, parent = tmpdir() } = options
  mkdirSync(parent, { recursive: true })
  const folder = mkdtempSync(join(parent, 'etcd-'))
  const ports = await freePorts(count * 3)
  const places = Array.from({ length: count }, (_, place) => ports.slice(place * 3, place * 3 + 3))
  const initial = places.map(([, peer], place) => `m${place}=http://127.0.0.1:${peer}`).join(',')
  const members = places.map(([client = 0, peer = 0, health = 0], place) => {
    return new Member({
      name: `m${place}`,
      folder: join(folder, `m${place}`),
      client,
      peer,
      health,
      initial,
      first: place === 0,
      options,
    })
  })
  const stop = async (): Promise<void> => {
    await Promise.all(members.map((member) => member.kill()))
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    await Promise.all(members.map((member) => member.start()))
  } catch (error) {
    await stop()
    throw error
  }
  return { members, endpoints: members.map(({ endpoint }) => endpoint), leader: () => leaderOf(members), stop }
}

interface Place {
  readonly name: string
  readonly folder: string
  readonly client: number
  readonly peer: number
  readonly health: number
  readonly initial: string
  readonly first: boolean
  readonly options: PrivateEtcdOptions
}

class Member implements EtcdMember {
  readonly endpoint: string
  readonly dataFolder: string
  readonly #place: Place
  #child: ChildProcess | null = null
  #said = ''

  constructor(place: Place) {
    this.#place = place
    this.dataFolder = place.folder
    this.endpoint = `${place.options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${place.client}`
    mkdirSync(place.folder, { mode: 0o700 })
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  async start(wait = true): Promise<void> {
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', ...this.#command()], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.#child = child
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#said = (this.#said + chunk.toString()).slice(-4_000)
    })
    const deadline = Date.now() + START_TIMEOUT_MS
    while (wait && !(await this.#healthy())) {
      if (child.exitCode !== null || Date.now() > deadline) throw new Error(`etcd does not answer: ${this.#said}`)
      await delay(50)
    }
  }

  async kill(): Promise<void> {
    const child = this.#child
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
  }

  pause(): void {
    this.#child?.kill('SIGSTOP')
  }

  resume(): void {
    this.#child?.kill('SIGCONT')
  }

  async leads(): Promise<boolean> {
    const metrics = await this.#ask('/metrics')
    return /^etcd_server_is_leader 1$/m.test(metrics ?? '')
  }

  async #healthy(): Promise<boolean> {
    return (await this.#ask('/health'))?.includes('"true"') ?? false
  }

  async #ask(path: string): Promise<string | null> {
    try {
      const answer = await fetch(`http://127.0.0.1:${this.#place.health}${path}`, {
        signal: AbortSignal.timeout(2_000),
      })
      return await answer.text()
    } catch {
      // Down, paused, or not up yet.
      return null
    }
  }

  #command(): string[] {
    const { name, folder, client, peer, health, initial, first, options } = this.#place
    const { tls, flags = [], firstDiskMib } = options
    const scheme = tls === undefined ? 'http' : 'https'
    const etcd = [
      etcdProgram() ?? 'etcd',
      ...['--name', name, '--data-dir', join(folder, 'data'), '--logger', 'zap', '--log-level', 'error'],
      ...['--listen-client-urls', `${scheme}://127.0.0.1:${client}`],
      ...['--advertise-client-urls', `${scheme}://127.0.0.1:${client}`],
      ...[
        '--listen-peer-urls',
        `http://127.0.0.1:${peer}`,
        '--initial-advertise-peer-urls',
        `http://127.0.0.1:${peer}`,
      ],
      ...['--listen-metrics-urls', `http://127.0.0.1:${health}`, '--initial-cluster', initial],
      ...(tls === undefined ? [] : ['--client-cert-auth', '--trusted-ca-file', tls.ca]),
      ...(tls === undefined ? [] : ['--cert-file', tls.cert, '--key-file', tls.key]),
      ...flags,
    ]
    if (!first || firstDiskMib === undefined) return etcd
    // "$@" keeps every argument as it is.
    const script = `mount -t tmpfs -o size=${firstDiskMib}m,mode=700 none ${folder} && exec "$@"`
    return ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', ...etcd]
  }
}

async function leaderOf(members: readonly Member[]): Promise<Member> {
  const deadline = Date.now() + START_TIMEOUT_MS
  while (Date.now() < deadline) {
    for (const member of members) if (await member.leads()) return member
    await delay(50)
  }
  throw new Error('no member leads')
}

/** The folder as the member sees it, which may lie on a disk that only it has mounted. */
export function insideFolder(member: EtcdMember): string {
  return join('/proc', String(member.pid), 'root', member.dataFolder)
}

/** CPU time a member has used so far, in milliseconds. */
export function cpuMsOf(member: EtcdMember): number {
  const fields = readFileSync(`/proc/${member.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  // utime and stime, in ticks of a hundredth of a second.
  return (Number(fields[11]) + Number(fields[12])) * 10
}

/** Below what Linux gives to those who do not ask for a port: such a one would be taken by any connection, between our look and its use. */
const PORTS = { first: 15_000, last: 32_000 }
const PORT_TRIES = 1_000

/** Ports of 127.0.0.1 that nobody listens on now. All are held until all are known, so that no two are the same. */
export async function freePorts(count: number): Promise<number[]> {
  const held: { readonly port: number; readonly server: Server }[] = []
  for (let tries = 0; held.length < count && tries < PORT_TRIES; tries++) {
    const port = PORTS.first + Math.floor(Math.random() * (PORTS.last - PORTS.first))
    const server = await listening(port)
    if (server !== null) held.push({ port, server })
  }
  await Promise.all(held.map(({ server }) => new Promise((resolve) => server.close(resolve))))
  if (held.length < count) throw new Error(`no ${count} ports are free`)
  return held.map(({ port }) => port)
}

/** Null: somebody else does. */
function listening(port: number): Promise<Server | null> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(null))
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}
