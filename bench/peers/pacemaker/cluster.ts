import { chownSync, copyFileSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pacemakerFolder } from '../../../lab/cache.ts'
import type { LabFenceDevice } from '../../../lab/fence-device.ts'
import type { LabHost } from '../../../lab/host.ts'
import type { Lab } from '../../../lab/lab.ts'
import { sleep, until } from '../../../lab/run.ts'
import { cib, corosyncConf, type PeerGuest } from './settings.ts'

/** For its daemons to find each other, to choose who decides, and to bring guests to where they shall be, on a busy machine. */
const SETTLE_LIMIT_MS = 180_000

/** Of users that Debian gives to nobody. */
const USER_ID = 61_733

/**
 * Corosync, Pacemaker and its agent for libvirt's guests on the hosts of a lab: unpacked, not installed, and laid over each host's own
 * /usr and /var/lib, inside its namespaces. All hosts have power and nothing else on them when `start` is called.
 */
export class PacemakerCluster {
  readonly lab: Lab
  readonly fence: LabFenceDevice
  readonly #unpacked: string
  #guests: readonly PeerGuest[] = []
  #tokenMs: number | null = null

  constructor(lab: Lab, fence: LabFenceDevice) {
    const unpacked = pacemakerFolder()
    if (unpacked === undefined) throw new Error("Pacemaker is not here: run 'scripts/setup peers' first")
    this.#unpacked = realpathSync(unpacked)
    this.lab = lab
    this.fence = fence
  }

  /** With this configuration and no memory of an earlier one. `domains`: their XML, by name. Returns when all hosts belong to it. */
  async start(
    guests: readonly PeerGuest[],
    domains: ReadonlyMap<string, string>,
    role: 'Started' | 'Stopped',
  ): Promise<void> {
    this.#guests = guests
    this.#tokenMs = null
    this.#writeCommon(domains)
    const { hosts } = this.lab
    const text = cib({
      ...{ hosts, guests, role },
      fence: { agent: basename(this.fence.agent), socket: this.fence.socket },
      domainFile: (name) => join(this.#common, `${name}.xml`),
      checkFile: (name) => join(this.#common, `check-${name}`),
    })
    for (const host of hosts) this.#writeOwn(host, text)
    await Promise.all(hosts.map((host) => this.#layOver(host)))
    await Promise.all(hosts.map((host) => this.#startCorosync(host)))
    // Who has not been seen when the first decision is made is fenced: all are there before anybody decides.
    await until(
      'all hosts in one membership',
      SETTLE_LIMIT_MS,
      async () => (await this.#members()) === hosts.length,
      200,
    )
    await Promise.all(hosts.map((host) => this.#startPacemaker(host)))
    await until(
      'all hosts online',
      SETTLE_LIMIT_MS,
      async () => (await this.state()).online.length === hosts.length,
      300,
    )
  }

  /** Power back, as a boot would start it. */
  async powerOn(host: LabHost): Promise<void> {
    await host.powerOn()
    this.#writeCorosync(host)
    await this.#layOver(host)
    await this.#startCorosync(host)
    await this.#startPacemaker(host)
  }

  /** Null: Corosync's default. Takes effect while it runs. */
  async setToken(tokenMs: number | null): Promise<void> {
    if (tokenMs === this.#tokenMs) return
    this.#tokenMs = tokenMs
    for (const host of this.lab.hosts) this.#writeCorosync(host)
    await this.ask('corosync-cfgtool', ['-R'])
    await sleep(2_000)
  }

  /** What Corosync says the token is, additions for the number of nodes included. */
  async tokenInForce(): Promise<number> {
    const told = await this.ask('corosync-cmapctl', ['-g', 'runtime.config.totem.token'])
    return Number(/= (\d+)/.exec(told)?.[1])
  }

  /** Runs one of its commands on a host that has power, `except` not. */
  ask(command: string, args: readonly string[], except?: LabHost): Promise<string> {
    const host = this.lab.hosts.find((one) => one.isOn && one !== except)
    if (host === undefined) throw new Error('no host has power')
    return host.must(command, args, { timeoutMs: SETTLE_LIMIT_MS })
  }

  /** As `crm_mon` shows it. `decides`: the host whose word counts; `places`: of guests that count as started. */
  async state(): Promise<{ online: string[]; decides: string | undefined; places: Map<string, string> }> {
    const xml = await this.ask('crm_mon', ['--one-shot', '--output-as=xml']).catch(() => '')
    const online = [...xml.matchAll(/<node name="([^"]+)" [^>]*online="true"[^>]*pending="false"/g)].map(
      (hit) => hit[1]!,
    )
    const started = /<resource id="([^"]+)" [^>]*role="Started"[^>]*>\s*<node name="([^"]+)"/g
    return {
      online,
      decides: /<current_dc present="true"[^>]* name="([^"]+)"/.exec(xml)?.[1],
      places: new Map([...xml.matchAll(started)].map((hit) => [hit[1]!, hit[2]!])),
    }
  }

  /** All hosts belong to it, nothing is left to do, and guests with a home are there; or, where `started` is false, no guest runs. */
  async settled(started: boolean): Promise<void> {
    await until(
      `all hosts online, guests ${started ? 'started' : 'stopped'}`,
      SETTLE_LIMIT_MS,
      async () => {
        const { online, places } = await this.state()
        const asWished = this.#guests.every(({ name, home }) => {
          const place = places.get(name)
          return started ? place !== undefined && (home === undefined || place === home) : place === undefined
        })
        return online.length === this.lab.hosts.length && asWished
      },
      500,
    )
    await this.ask('crm_resource', ['--wait', '--timeout=120'])
  }

  /** From outside the host. Its lines have wall-clock time with milliseconds. */
  logFile(host: LabHost, of: 'corosync' | 'pacemaker'): string {
    return join(host.folder, 'peer', 'log', `${of}.log`)
  }

  get #common(): string {
    return join(this.lab.folder, 'peer')
  }

  #writeCommon(domains: ReadonlyMap<string, string>): void {
    const common = this.#common
    rmSync(common, { recursive: true, force: true })
    for (const folder of ['usr/sbin', 'var-lib/libvirt', 'var-lib/pacemaker', 'var-lib/corosync'])
      mkdirSync(join(common, folder), { recursive: true })
    copyFileSync(this.fence.agent, join(common, 'usr/sbin', basename(this.fence.agent)))
    const users = `hacluster:x:${USER_ID}:${USER_ID}::/var/lib/pacemaker:/usr/sbin/nologin\n`
    writeFileSync(join(common, 'passwd'), withOut(readFileSync('/etc/passwd', 'utf8'), 'hacluster') + users)
    writeFileSync(
      join(common, 'group'),
      `${withOut(readFileSync('/etc/group', 'utf8'), 'haclient')}haclient:x:${USER_ID}:\n`,
    )
    for (const [name, xml] of domains) writeFileSync(join(common, `${name}.xml`), xml)
    for (const { name, address, port } of this.#guests) {
      const check = `#!/bin/sh\nexec nc.openbsd -z -w 1 ${address} ${port}\n`
      writeFileSync(join(common, `check-${name}`), check, { mode: 0o755 })
    }
  }

  /** What the disk of a host holds: settings, its own copy of the configuration, logs. */
  #writeOwn(host: LabHost, text: string): void {
    const own = join(host.folder, 'peer')
    rmSync(own, { recursive: true, force: true })
    const forDaemons = [
      'pacemaker',
      ...['cib', 'cores', 'pengine', 'blackbox'].map((name) => `pacemaker/${name}`),
      'log',
    ]
    for (const folder of [...forDaemons, 'corosync']) mkdirSync(join(own, folder), { recursive: true })
    writeFileSync(join(own, 'pacemaker/cib/cib.xml'), text, { mode: 0o600 })
    for (const name of [...forDaemons, 'pacemaker/cib/cib.xml']) chownSync(join(own, name), USER_ID, USER_ID)
    this.#writeCorosync(host)
  }

  #writeCorosync(host: LabHost): void {
    const text = corosyncConf(this.lab.hosts, this.#tokenMs, this.logFile(host, 'corosync'))
    writeFileSync(join(host.folder, 'peer', 'corosync.conf'), text)
  }

  async #layOver(host: LabHost): Promise<void> {
    const script = join(import.meta.dirname, 'host-up.sh')
    const places = [this.#unpacked, this.#common, join(host.folder, 'peer'), join(host.folder, 'lib')]
    await host.must('sh', [script, ...places])
  }

  async #startCorosync(host: LabHost): Promise<void> {
    await host.start('corosync', '/usr/sbin/corosync', ['-f', '-c', join(host.folder, 'peer', 'corosync.conf')])
    const answers = async (): Promise<boolean> => (await host.run('corosync-cfgtool', ['-s'])).status === 0
    await until(`corosync on ${host.name}`, SETTLE_LIMIT_MS, answers, 100)
  }

  async #startPacemaker(host: LabHost): Promise<void> {
    const env = { ...process.env, PCMK_logfile: this.logFile(host, 'pacemaker'), PCMK_logfacility: 'none' }
    await host.start('pacemakerd', '/usr/sbin/pacemakerd', [], env)
  }

  /** How many hosts see a membership of all hosts. */
  async #members(): Promise<number> {
    const told = await Promise.all(this.lab.hosts.map((host) => host.run('corosync-quorumtool', ['-s'])))
    return told.filter(({ stdout }) => new RegExp(`^Nodes:\\s+${this.lab.hosts.length}$`, 'm').test(stdout)).length
  }
}

/** A table of users or groups without one of them. */
function withOut(table: string, name: string): string {
  return table
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith(`${name}:`))
    .map((line) => `${line}\n`)
    .join('')
}
