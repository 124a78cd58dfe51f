import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { etcdctlProgram, etcdProgram } from './cache.ts'
import type { LabClient } from './client.ts'
import type { HostProcess, LabHost } from './host.ts'
import { isAlive, signal, waitGone } from './process-mark.ts'
import { until } from './run.ts'

const CLIENT_PORT = 2379
const PEER_PORT = 2380

/** What Vigia asks of an etcd that is there (see docs/operating/three-hosts.md): its transactions are larger than etcd's own limits. */
const FLAGS = ['--max-txn-ops=20480', `--max-request-bytes=${16 * 1024 * 1024}`, '--pre-vote=true']

/** Its files lie on a disk that others write to as well. */
const LIMIT_MS = 120_000

export interface HostEtcdOptions {
  /** Its data lie on a disk of their own of this size, which can be filled, or made to stall. Default: the host's own. */
  readonly diskMib?: number
}

/** A member of etcd on a lab host; its data lie in the host's folder and survive a power cut, as on a disk. */
export class HostEtcd {
  readonly host: LabHost
  readonly #members: readonly LabHost[]
  readonly #client: LabClient
  readonly #options: HostEtcdOptions
  #process: HostProcess | undefined

  /** `members`: all hosts that have one. */
  constructor(host: LabHost, members: readonly LabHost[], client: LabClient, options: HostEtcdOptions = {}) {
    this.host = host
    this.#members = members
    this.#client = client
    this.#options = options
  }

  /** Of all members, this host's own first. */
  get endpoints(): string[] {
    const others = this.#members.filter((host) => host !== this.host)
    return [this.host, ...others].map(({ address }) => `http://${address}:${CLIENT_PORT}`)
  }

  async start(): Promise<void> {
    const folder = this.#folder
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    if (this.#options.diskMib !== undefined) await this.#mountDisk(this.#options.diskMib)
    this.#process = await this.host.startBeforeGuests('etcd', etcdProgram(), this.#arguments())
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

  /** The whole store as of now, into a file, by etcd's own tool. */
  async saveSnapshot(file: string): Promise<void> {
    await this.#control(['snapshot', 'save', file, `--endpoints=http://127.0.0.1:${CLIENT_PORT}`])
  }

  /** Its data become what a saved file holds, as one of the same members; whatever was there is gone. It must not run. */
  async restoreSnapshot(file: string): Promise<void> {
    if (this.isRunning) throw new Error(`etcd on ${this.host.name} runs`)
    const data = join(this.#folder, 'data')
    await this.host.must('rm', ['-rf', data])
    const { name, 'initial-cluster': members = '', 'initial-advertise-peer-urls': url = '' } = this.#flags()
    const flags = { name, 'data-dir': data, 'initial-cluster': members, 'initial-advertise-peer-urls': url }
    await this.#control([
      'snapshot',
      'restore',
      file,
      ...Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`),
    ])
  }

  async #control(words: readonly string[]): Promise<void> {
    await this.host.must('env', ['ETCDCTL_API=3', etcdctlProgram(), ...words], { timeoutMs: LIMIT_MS })
  }

  /** SIGKILL; its data stay. */
  async kill(): Promise<void> {
    const running = this.#process
    if (running === undefined || !isAlive(running.mark)) return
    signal(running.mark, 'SIGKILL')
    await waitGone(running.outer, LIMIT_MS)
  }

  get isRunning(): boolean {
    return this.#process !== undefined && isAlive(this.#process.mark)
  }

  /** SIGSTOP: its connections stay open and say nothing. */
  pause(): void {
    if (this.#process !== undefined) signal(this.#process.mark, 'SIGSTOP')
  }

  resume(): void {
    if (this.#process === undefined) return
    signal(this.#process.mark, 'SIGCONT')
    // `nsenter` stops itself when its child is stopped.
    signal(this.#process.outer, 'SIGCONT')
  }

  /** Nothing is written to its disk for so long; whoever writes hangs. Returns at the end of it, which comes even if this process does not live to see it. */
  async stallDisk(forMs: number): Promise<void> {
    this.#needsDisk()
    const folder = this.#folder
    const script = `fsfreeze --freeze ${folder} && { sleep ${forMs / 1_000}; fsfreeze --unfreeze ${folder}; }`
    await this.host.must('sh', ['-c', script], { timeoutMs: forMs + LIMIT_MS })
  }

  /** Leaves no byte free on its disk. */
  async fillDisk(): Promise<void> {
    this.#needsDisk()
    await this.host.run('sh', ['-c', `cat /dev/zero > ${this.#folder}/filler`], { timeoutMs: LIMIT_MS })
  }

  async freeDisk(): Promise<void> {
    await this.host.must('rm', ['-f', join(this.#folder, 'filler')])
  }

  get #folder(): string {
    return join(this.host.folder, 'etcd')
  }

  #needsDisk(): void {
    if (this.#options.diskMib === undefined) throw new Error('etcd of the lab has no disk of its own')
  }

  /** A file with a file system in it, mounted inside the host: it goes with the host's power, and its content stays. */
  async #mountDisk(diskMib: number): Promise<void> {
    const [image, folder] = [`${this.#folder}.img`, this.#folder]
    const make = `[ -e ${image} ] || { truncate -s ${diskMib}M ${image} && mkfs.ext4 -q -m 0 ${image}; }`
    const mount = `mountpoint -q ${folder} || mount -o loop ${image} ${folder}`
    await this.host.must('sh', ['-c', `set -e; ${make}; ${mount}`])
  }

  #arguments(): string[] {
    return [...Object.entries(this.#flags()).flatMap(([flag, value]) => [`--${flag}`, value]), ...FLAGS]
  }

  #flags(): Record<string, string> {
    const { name, address } = this.host
    return {
      name,
      'data-dir': join(this.#folder, 'data'),
      logger: 'zap',
      'log-level': 'warn',
      'listen-client-urls': `http://${address}:${CLIENT_PORT},http://127.0.0.1:${CLIENT_PORT}`,
      'advertise-client-urls': `http://${address}:${CLIENT_PORT}`,
      'listen-peer-urls': `http://${address}:${PEER_PORT}`,
      'initial-advertise-peer-urls': `http://${address}:${PEER_PORT}`,
      'initial-cluster': this.#members.map((host) => `${host.name}=http://${host.address}:${PEER_PORT}`).join(','),
    }
  }
}
