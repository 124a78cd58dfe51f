import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LabCluster } from '../../lab/cluster.ts'
import type { DefinedGuest } from '../../lab/cluster-file.ts'
import type { LabHost } from '../../lab/host.ts'
import { whereGuestsRun } from '../../lab/qemu.ts'
import { until } from '../../lab/run.ts'
import type { Client } from '../../src/client/client.ts'
import { onCluster } from '../cluster-stage.ts'
import type { RunOptions } from '../run-options.ts'
import { type Actor, BOOT_LIMIT_MS } from '../stage.ts'
import { PacemakerCluster } from './pacemaker/cluster.ts'
import type { PeerGuest } from './pacemaker/settings.ts'

/** After a power cut of the whole site: etcd, the leader, every daemon. */
const RENEW_LIMIT_MS = 120_000

/** Who has the hosts: Vigia and its etcd, Pacemaker and Corosync, or nobody: libvirt alone. */
export type Side = 'ours' | 'peer' | 'bare'

export interface GroundsOptions {
  /** A few letters; the process number is added. */
  readonly id: string
  readonly guests: readonly DefinedGuest[]
  /** For Pacemaker; a guest without one runs where it likes. */
  readonly homeOf?: (guest: string) => string
  /** What is wished of the guests when either side begins. */
  readonly role: 'Started' | 'Stopped'
}

/**
 * The same three hosts, guests and fence device for either side in turn. Who goes loses all hosts' power, who comes finds them as after a
 * power cut of the whole site: nothing of one runs beside the other.
 */
export class Grounds {
  readonly cluster: LabCluster
  readonly peer: PacemakerCluster
  readonly #options: GroundsOptions
  readonly #say: RunOptions['say']
  #side: Side = 'ours'
  #domains: ReadonlyMap<string, string> = new Map()

  private constructor(cluster: LabCluster, options: GroundsOptions, { say }: RunOptions) {
    this.cluster = cluster
    this.peer = new PacemakerCluster(cluster.lab, cluster.fence)
    this.#options = options
    this.#say = say
  }

  /** While `work` begins, ours has the hosts, and every guest has run: the domains that it made of them are the peer's as well. */
  static async on(options: GroundsOptions, run: RunOptions, work: (grounds: Grounds) => Promise<void>): Promise<void> {
    await onCluster({ id: options.id, say: run.say }, async (cluster) => {
      const grounds = new Grounds(cluster, options, run)
      await grounds.#learnDomains()
      await work(grounds)
    })
  }

  get hosts(): readonly LabHost[] {
    return this.cluster.lab.hosts
  }

  /** Ours, on the first host. */
  get client(): Client {
    return this.cluster.members[0]!.client
  }

  get guests(): readonly DefinedGuest[] {
    return this.#options.guests
  }

  async turnTo(side: Side): Promise<void> {
    if (side === this.#side) return
    this.#say(`peers: the hosts go to ${side === 'ours' ? 'Vigia' : side === 'peer' ? 'Pacemaker' : 'nobody'}`)
    const { members } = this.cluster
    await Promise.all(members.map(({ watchdog }) => watchdog?.switchOff()))
    await Promise.all(this.hosts.map((host) => host.powerCut()))
    this.#side = side
    if (side === 'ours') {
      await Promise.all(members.map((member) => this.cluster.powerOn(member)))
      await until('all members of Vigia renewing', RENEW_LIMIT_MS, () => this.#allRenew(), 500)
      return
    }
    await Promise.all(this.hosts.map((host) => host.powerOn()))
    if (side === 'peer') await this.peer.start(this.#peerGuests(), this.#domains, this.#options.role)
  }

  /** Waits until all guests are so, as Vigia tells. */
  async oursAre(phase: 'ready' | 'stopped'): Promise<void> {
    await until(`all guests ${phase}`, BOOT_LIMIT_MS, async () => {
      const { guests } = await this.client.status()
      return guests.length === this.guests.length && guests.every((guest) => guest.phase.kind === phase)
    })
  }

  async #allRenew(): Promise<boolean> {
    return (await this.cluster.vigia(this.cluster.members[0]!, ['cluster', 'members'])).status === 0
  }

  /** By hand, on hosts that nobody has. Resolves when the request was answered. */
  async createByHand(host: LabHost, guest: string): Promise<void> {
    const file = join(this.cluster.lab.folder, `${guest}.by-hand.xml`)
    writeFileSync(file, this.#domain(guest))
    await host.virsh(['create', file])
  }

  /** When the port first answers a client, ms of CLOCK_MONOTONIC. */
  async answerAt(address: string, port: number): Promise<number> {
    const { verdict, atMs } = await this.cluster.lab.client.wait(address, port, BOOT_LIMIT_MS)
    if (verdict !== 'answered') throw new Error(`${address}:${port} did not answer within ${BOOT_LIMIT_MS} ms`)
    return atMs
  }

  placesOf(guest: string): readonly string[] {
    return whereGuestsRun(this.hosts).get(guest) ?? []
  }

  #peerGuests(): PeerGuest[] {
    const { guests, homeOf } = this.#options
    return actorsOf(guests).map((actor) => ({ ...actor, ...(homeOf && { home: homeOf(actor.name) }) }))
  }

  #domain(guest: string): string {
    const xml = this.#domains.get(guest)
    if (xml === undefined) throw new Error(`no domain of ${guest}`)
    return xml
  }

  async #learnDomains(): Promise<void> {
    const { guests } = this.#options
    await this.client.apply({ path: 'vigia.yaml', text: this.cluster.file(guests) })
    await this.oursAre('ready')
    const domains = guests.map(async ({ name }): Promise<readonly [string, string]> => {
      const host = this.hosts.find((one) => this.placesOf(name).includes(one.name))
      if (host === undefined) throw new Error(`${name} runs nowhere`)
      return [name, await host.virsh(['dumpxml', '--inactive', name])]
    })
    this.#domains = new Map(await Promise.all(domains))
    if (this.#options.role === 'Started') return
    await this.client.shutdown({})
    await this.oursAre('stopped')
  }
}

/** With the guests that they need, by name alone. */
export function actorsOf(guests: readonly DefinedGuest[]): Actor[] {
  return guests.map(({ name, address, needs }) => {
    return { name, address, port: portOf(name, guests), needs: needs.map((need) => need.split(':')[0]!) }
  })
}

/** Of the first service of a guest that is reached by TCP. */
export function portOf(guest: string, guests: readonly DefinedGuest[]): number {
  const services = guests.find(({ name }) => name === guest)?.services ?? []
  return Number(services.find((word) => word.endsWith('/tcp'))?.split('/')[0])
}
