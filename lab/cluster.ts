import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Client, createClient } from '../src/client/client.ts'
import { unixTransport } from '../src/client/unix-transport.ts'
import { clusterFile, type DefinedGuest } from './cluster-file.ts'
import { LabFenceDevice } from './fence-device.ts'
import type { LabHost } from './host.ts'
import { HostEtcd } from './host-etcd.ts'
import { type Lab, type LabOptions, startLab } from './lab.ts'
import { eventually, found, type Ran, type RunOptions, sleep } from './run.ts'
import { LabVigiad, lastLines, type VigiadOptions } from './vigiad.ts'
import type { LabWatchdog } from './watchdog.ts'

/** An election, a disk that others write to, a machine that is busy. */
const STORE_LIMIT_MS = 90_000

/** Of all members to renew, after a daemon was started. */
const RENEW_LIMIT_MS = 120_000

/** What `store-value.ts` ends with. */
const NO_SUCH_KEY = 3

export interface LabClusterOptions extends LabOptions {
  /** Default 3. */
  readonly hosts?: number
  /** Default from source. */
  readonly vigiad?: VigiadOptions
  /** Default true: each host has one, outside of it. */
  readonly watchdogs?: boolean
  /** Etcd's data lie on a small disk of their own on each host. Default: on the host's. */
  readonly etcdDiskMib?: number
  /** The cluster stays up when this process ends: its fence device is a process of its own. */
  readonly lasting?: boolean
}

/** A host of a cluster, with all that belongs to it. */
export interface LabMember {
  readonly host: LabHost
  readonly etcd: HostEtcd
  readonly vigiad: LabVigiad
  readonly watchdog: LabWatchdog | null
  readonly client: Client
}

/** As the users of a cluster would make it: an etcd over all hosts, `vigia cluster init` on the first, `join` on the others. */
export class LabCluster {
  readonly lab: Lab
  readonly members: readonly LabMember[]
  readonly fence: LabFenceDevice
  readonly #options: LabClusterOptions

  private constructor(lab: Lab, members: readonly LabMember[], fence: LabFenceDevice, options: LabClusterOptions) {
    this.lab = lab
    this.members = members
    this.fence = fence
    this.#options = options
  }

  static async start(options: LabClusterOptions): Promise<LabCluster> {
    const lab = await startLab({ hosts: 3, ...options })
    let fence: LabFenceDevice | undefined
    try {
      mkdirSync(join(lab.sharedFolder, 'console'), { recursive: true })
      const members = lab.hosts.map((host) => memberOf(lab, host, options))
      if (options.lasting) lab.startFenceServer()
      fence = options.lasting ? LabFenceDevice.at(lab) : await LabFenceDevice.start(lab)
      const cluster = new LabCluster(lab, members, fence, options)
      options.onStep?.('switching on watchdogs and etcd')
      await Promise.all(members.map(({ watchdog }) => watchdog?.switchOn()))
      await Promise.all(members.map(({ etcd }) => etcd.start()))
      await Promise.all(members.map(({ etcd }) => etcd.ready()))
      return cluster
    } catch (error) {
      // One that listens would keep this process from ending.
      await fence?.stop()
      await lab.stop()
      throw error
    }
  }

  member(name: string): LabMember {
    const found = this.members.find(({ host }) => host.name === name)
    if (found === undefined) throw new Error(`no member '${name}'`)
    return found
  }

  /** `vigia cluster init` on the first host, `join` on the others, each followed by its daemon. */
  async found(): Promise<void> {
    const [first, ...others] = this.members
    if (first === undefined) return
    this.#options.onStep?.(`vigia cluster init on ${first.host.name}`)
    await this.must(first, [
      'cluster',
      'init',
      '--name',
      'lab',
      '--etcd',
      first.etcd.endpoints.join(','),
      ...place(first),
    ])
    await first.vigiad.start()
    for (const member of others) {
      // A daemon answers before it renews, and nobody is taken in without a majority that does.
      await this.allRenew(first)
      this.#options.onStep?.(`vigia cluster join on ${member.host.name}`)
      const token = (await this.must(first, ['cluster', 'token'])).trim()
      await this.must(member, ['cluster', 'join', token, '--etcd', member.etcd.endpoints.join(','), ...place(member)])
      await member.vigiad.start()
    }
    await this.allRenew(first)
  }

  /** Waits until each member renews, as this one tells. */
  async allRenew(member: LabMember): Promise<void> {
    await eventually('all members renew', RENEW_LIMIT_MS, async () => {
      const { status, stdout, stderr } = await this.vigia(member, ['cluster', 'members'])
      if (status !== 0) throw new Error(`${stdout}${stderr}`)
      return true
    })
  }

  /** What the daemons said last, each under the name of its host: the lab is gone when somebody reads of it. */
  lastWords(lines = 30): string {
    const said = this.members.flatMap(({ host, vigiad }) => [
      `--- ${host.name}, ${host.isOn ? 'on' : 'without power'}`,
      ...lastLines(vigiad.logFile, lines),
    ])
    return [...said, `--- the fence device was asked: ${this.fence.asked.slice(-10).join(', ')}`].join('\n')
  }

  /** The command itself, inside the host. */
  vigia({ host }: LabMember, words: readonly string[], options: RunOptions = {}): Promise<Ran> {
    const env = { ...process.env, VIGIA_STATE_DIR: host.stateFolder, VIGIA_HOST: host.name }
    const program = join(import.meta.dirname, '..', 'src', 'bin', 'vigia.ts')
    return host.run(process.execPath, [program, ...words], { env, ...options })
  }

  async must(member: LabMember, words: readonly string[]): Promise<string> {
    const { status, stdout, stderr } = await this.vigia(member, words)
    if (status === 0) return stdout
    throw new Error(`vigia ${words.join(' ')} on ${member.host.name}: ${status} ${stderr.trim() || stdout.trim()}`)
  }

  /** The cluster file of these guests on all hosts. `settings`, `drills`: YAML in braces; `rules`: in brackets. */
  file(guests: readonly DefinedGuest[], { fence = true, settings = '{}', rules = '[]', drills = '{}' } = {}): string {
    for (const guest of guests) this.lab.nameGuest(guest)
    const hosts = this.members.map(({ host }) => {
      const device = `{ agent: ${this.fence.agent}, options: ${JSON.stringify(this.fence.options(host.name))} }`
      return `  ${host.name}: { reserved: 0 MiB${fence ? `, fence: [${device}]` : ''} }\n`
    })
    const more = `settings: ${settings}\nrules: ${rules}\ndrills: ${drills}\nhosts:\n${hosts.join('')}`
    return clusterFile(guests, this.lab.image, (name) => join(this.lab.sharedFolder, 'console', `${name}.log`), more)
  }

  /** Power back: the host with its watchdog, its etcd and its vigiad, as a boot would start them. */
  async powerOn({ host, watchdog, etcd, vigiad }: LabMember): Promise<void> {
    await host.powerOn()
    await watchdog?.switchOn()
    await etcd.start()
    await vigiad.start()
  }

  /** Whose word counts now; undefined while nobody leads. */
  async leader(): Promise<LabMember | undefined> {
    const record = await this.stored('leader')
    return this.members.find(({ host }) => host.name === record?.host)
  }

  /** As `leader`; where nobody leads for the moment, waits for one who does. */
  someLeader(): Promise<LabMember> {
    return found('somebody leads', STORE_LIMIT_MS, () => this.leader())
  }

  /** What the store holds under a key, asked on any host that has power. */
  async stored(key: string): Promise<Record<string, unknown> | undefined> {
    const { status, stdout } = await this.#inStore([key])
    return status === 0 ? (JSON.parse(stdout) as Record<string, unknown>) : undefined
  }

  /** Writes a wish as another program would, fields merged into what is there. */
  async wish(key: string, fields: object): Promise<void> {
    const { status, stderr } = await this.#inStore([key, JSON.stringify({ by: 'lab', at: 0, ...fields })])
    if (status !== 0) throw new Error(`the store did not take ${key}: ${stderr}`)
  }

  async etcdLeader(): Promise<LabMember | undefined> {
    for (const member of this.members) if (member.host.isOn && (await member.etcd.leads())) return member
    return undefined
  }

  /** As `etcdLeader`; where none of them leads for the moment, waits for one that does. */
  someEtcdLeader(): Promise<LabMember> {
    return found('a member of etcd leads', STORE_LIMIT_MS, () => this.etcdLeader())
  }

  /** A member of etcd that is late for once, or asked while it elects, is no answer: asked again, for a while. */
  async #inStore(words: readonly string[]): Promise<Ran> {
    const place = [join(import.meta.dirname, '..', 'scripts', 'store-value.ts'), 'http://127.0.0.1:2379', 'lab']
    const end = performance.now() + STORE_LIMIT_MS
    let said = ''
    while (performance.now() < end) {
      for (const { host, etcd } of this.members) {
        if (!host.isOn || !(await etcd.isHealthy())) continue
        // Its power may go at this very moment.
        const ran = await host.run(process.execPath, [...place, ...words]).catch(failedRun)
        if (ran.status === 0 || ran.status === NO_SUCH_KEY) return ran
        said = ran.stderr
      }
      await sleep(100)
    }
    throw new Error(`no etcd of the lab answers. ${said}`)
  }

  async stop(): Promise<void> {
    for (const { client } of this.members) client.close()
    await this.fence.stop()
    await this.lab.stop()
  }
}

function memberOf(lab: Lab, host: LabHost, given: LabClusterOptions): LabMember {
  const { watchdogs = true, vigiad: options = {}, etcdDiskMib: diskMib } = given
  const watchdog = watchdogs ? lab.watchdog(host.name) : null
  const device = ['--watchdog-device', watchdog?.device ?? '/nowhere']
  const vigiad = new LabVigiad(host, { ...options, args: [...device, ...(options.args ?? [])] })
  const client = createClient(unixTransport(vigiad.socket), 'lab')
  const etcd = new HostEtcd(host, lab.hosts, lab.client, diskMib === undefined ? {} : { diskMib })
  return { host, watchdog, vigiad, client, etcd }
}

function failedRun(error: unknown): Ran {
  return { status: -1, stdout: '', stderr: String(error) }
}

function place({ host }: LabMember): string[] {
  return ['--address', host.address, '--libvirt-uri', `qemu+tcp://${host.address}/system`]
}
