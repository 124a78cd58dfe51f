import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { etcdProgram } from './cache.ts'
import type { LabClient } from './client.ts'
import type { HostProcess, LabHost } from './host.ts'
import { isAlive, signal, waitGone } from './process-mark.ts'
import { until } from './run.ts'

const CLIENT_PORT = 2379
const PEER_PORT = 2380

/** What Vigia asks of an etcd that is there (see docs/operating/three-hosts.md): its transactions are larger than etcd's own limits. */
const FLAGS = ['--max-txn-ops=20480', `--max-request-bytes=${16 * 1024 * 1024}`, '--pre-vote=true']

/** Its files lie on a disk that others write to as well. */
const LIMIT_MS = 60_000

/** A member of etcd on a lab host; its data lie in the host's folder and survive a power cut, as on a disk. */
export class HostEtcd {
  readonly host: LabHost
  readonly #members: readonly LabHost[]
  readonly #client: LabClient
  #process: HostProcess | undefined

  /** `members`: all hosts that have one. */
  constructor(host: LabHost, members: readonly LabHost[], client: LabClient) {
    this.host = host
    this.#members = members
    this.#client = client
  }

  /** Of all members, this host's own first. */
  get endpoints(): string[] {
    const others = this.#members.filter((host) => host !== this.host)
    return [this.host, ...others].map(({ address }) => `http://${address}:${CLIENT_PORT}`)
  }

  async start(): Promise<void> {
    const folder = join(this.host.folder, 'etcd')
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    this.#process = await this.host.start('etcd', etcdProgram(), this.#arguments(folder))
  }

  /** Waits until it answers as part of a majority. */
  async ready(): Promise<void> {
    await until(`etcd on ${this.host.name}`, LIMIT_MS, () => this.isHealthy(), 100)
  }

  async isHealthy(): Promise<boolean> {
    const { body } = await this.#client.http(this.host.address, CLIENT_PORT, '/health')
    return body.includes('"true"')
  }

  /** Whether it leads the others now. */
  async leads(): Promise<boolean> {
    const { body } = await this.#client.http(this.host.address, CLIENT_PORT, '/metrics', 3_000)
    return /^etcd_server_is_leader 1$/m.test(body)
  }

  /** SIGKILL; its data stay. */
  async kill(): Promise<void> {
    const running = this.#process
    if (running === undefined || !isAlive(running.mark)) return
    signal(running.mark, 'SIGKILL')
    await waitGone(running.outer, LIMIT_MS)
  }

  #arguments(folder: string): string[] {
    const { name, address } = this.host
    const flags: Record<string, string> = {
      name,
      'data-dir': join(folder, 'data'),
      logger: 'zap',
      'log-level': 'warn',
      'listen-client-urls': `http://${address}:${CLIENT_PORT},http://127.0.0.1:${CLIENT_PORT}`,
      'advertise-client-urls': `http://${address}:${CLIENT_PORT}`,
      'listen-peer-urls': `http://${address}:${PEER_PORT}`,
      'initial-advertise-peer-urls': `http://${address}:${PEER_PORT}`,
      'initial-cluster': this.#members.map((host) => `${host.name}=http://${host.address}:${PEER_PORT}`).join(','),
    }
    return [...Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value]), ...FLAGS]
  }
}
