import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LabClient } from './client.ts'
import { GuestControl } from './control.ts'
import { labDown } from './down.ts'
import { guestXml, type LabGuest } from './guest.ts'
import { LabHost } from './host.ts'
import { type GuestImage, guestImage } from './image.ts'
import { clientNamespace, hostAddress, networkUp } from './network.ts'
import { isAlive } from './process-mark.ts'
import { startRecorded } from './recorded.ts'
import { type GuestRecord, labFolder, readState, StateFile } from './state.ts'
import { LabWatchdog } from './watchdog.ts'

export interface LabOptions {
  /** 1 to 12 lower-case letters or digits; labs with different ids run side by side. */
  readonly id: string
  /** Named h1, h2, … Default 1. */
  readonly hosts?: number
  /** Takes an earlier lab of this id down first; without it, one that is still up is an error. */
  readonly replace?: boolean
  /** Told what is being done, a line a step. */
  readonly onStep?: (line: string) => void
}

/** As many as the names file and the address plan hold; a machine runs out of memory first. */
const HOSTS_MAX = 9

/**
 * A laboratory: pretend hosts with real libvirts and real guests on this one machine.
 *
 *     const lab = await startLab({ id: 'demo' })
 *     const web = await lab.startGuest('h1', { name: 'web', address: '10.77.0.101', services: ['80/http'] })
 *     await lab.client.http(web.address)
 *     await lab.stop()
 */
export class Lab {
  readonly id: string
  readonly folder: string
  readonly image: GuestImage
  readonly client: LabClient
  readonly hosts: readonly LabHost[]
  readonly #state: StateFile

  constructor(state: StateFile, image: GuestImage, hosts: readonly LabHost[]) {
    this.#state = state
    this.id = state.state.id
    this.folder = state.state.folder
    this.image = image
    this.hosts = hosts
    this.client = new LabClient(clientNamespace(this.id))
  }

  host(name: string): LabHost {
    const host = this.hosts.find((candidate) => candidate.name === name)
    if (host === undefined)
      throw new Error(`no host '${name}' in lab '${this.id}': it has ${this.hosts.map(({ name }) => name).join(', ')}`)
    return host
  }

  /** For disks: the same path on every host. */
  get sharedFolder(): string {
    return sharedFolderOf(this.folder)
  }

  /** The watchdog outside a host; it is still to be switched on. */
  watchdog(host: string): LabWatchdog {
    return new LabWatchdog(this.#state, this.host(host))
  }

  /** The fence device as a process that outlives this one. */
  startFenceServer(): void {
    const args = [join(import.meta.dirname, 'fence-server.ts'), this.id]
    const log = join(this.folder, 'fence.out')
    startRecorded(this.#state, process.execPath, args, { log, what: 'fence device', env: process.env })
  }

  /** The console at a port of this machine's loopback, by a process that outlives this one. */
  startConsoleDoor(port: number): void {
    const args = [join(import.meta.dirname, 'console-door-server.ts'), this.id, String(port)]
    const log = join(this.folder, 'console-door.out')
    startRecorded(this.#state, process.execPath, args, { log, what: 'console door', env: process.env })
  }

  /** Where the guest's boot messages go. */
  consoleFile(host: string, guest: string): string {
    return join(this.host(host).folder, 'console', `${guest}.log`)
  }

  /** The guest's domain; its address is known to `control` and, by name, to all hosts. Starting it is the caller's. */
  addGuest(host: string, guest: LabGuest): string {
    this.nameGuest(guest)
    return guestXml(guest, this.image, this.consoleFile(host, guest.name))
  }

  /** For a guest whose domain somebody else makes: only makes its address known. */
  nameGuest(guest: Pick<LabGuest, 'name' | 'address'>): void {
    this.#state.addGuest({ name: guest.name, address: guest.address })
    writeNames(this.folder, this.#state.state.guests)
  }

  /** Makes a persistent domain of it, switched off: what an administrator's host has before anybody watches it. */
  async defineGuest(host: string, guest: LabGuest): Promise<void> {
    const file = join(this.host(host).folder, `${guest.name}.xml`)
    writeFileSync(file, this.addGuest(host, guest))
    await this.host(host).virsh(['define', file])
  }

  /** Starts a guest by virsh, transient; it is up when its services answer. */
  async startGuest(host: string, guest: LabGuest): Promise<LabGuest> {
    const file = join(this.host(host).folder, `${guest.name}.xml`)
    writeFileSync(file, this.addGuest(host, guest))
    await this.host(host).virsh(['create', file])
    return guest
  }

  /** By name or address. */
  control(guest: string): GuestControl {
    const known = this.#state.state.guests.find(({ name, address }) => name === guest || address === guest)
    if (known === undefined) throw new Error(`no guest '${guest}' in lab '${this.id}'`)
    return new GuestControl(this.client, known.address)
  }

  /** Everything off and nothing left behind. */
  async stop(): Promise<void> {
    this.client.close()
    await labDown(this.id)
  }
}

export async function startLab(options: LabOptions): Promise<Lab> {
  const step = options.onStep ?? (() => undefined)
  const count = options.hosts ?? 1
  if (count < 1 || count > HOSTS_MAX) throw new Error(`hosts: expected 1 to ${HOSTS_MAX}, got ${count}`)
  if (process.getuid?.() !== 0) throw new Error('the lab makes network namespaces and bridges: run it as root')
  await clearGround(options)
  step("building the guests' image")
  const image = await guestImage()
  const state = StateFile.create(options.id)
  writeNames(state.state.folder, [])
  mkdirSync(sharedFolderOf(state.state.folder), { recursive: true })
  step('laying the network')
  await networkUp(state)
  const hosts: LabHost[] = []
  for (let number = 1; number <= count; number++) {
    const host = new LabHost(state, `h${number}`, number)
    step(`switching on host ${host.name}`)
    await host.powerOn()
    hosts.push(host)
  }
  return new Lab(state, image, hosts)
}

/** A lab that another process started and left up; undefined when there is none. */
export async function openLab(id: string): Promise<Lab | undefined> {
  const found = readState(labFolder(id))
  if (found === undefined) return undefined
  const state = new StateFile(found)
  return new Lab(
    state,
    await guestImage(),
    found.hosts.map(({ name, number }) => new LabHost(state, name, number)),
  )
}

async function clearGround(options: LabOptions): Promise<void> {
  const earlier = readState(labFolder(options.id))
  if (earlier === undefined) return
  const running = earlier.processes.some(isAlive)
  if (running && !options.replace)
    throw new Error(`lab '${options.id}' is up already: take it down first (lab/cli.ts down --id ${options.id})`)
  options.onStep?.(`taking down an earlier lab '${options.id}'`)
  await labDown(options.id)
}

function sharedFolderOf(lab: string): string {
  return join(lab, 'shared')
}

/** Every host knows every host and guest by name; any other name is answered "no" at once. Written in place: hosts have the very file mounted. */
function writeNames(folder: string, guests: readonly GuestRecord[]): void {
  mkdirSync(folder, { recursive: true })
  const numbers = Array.from({ length: HOSTS_MAX }, (_, index) => index + 1)
  const hosts = numbers.map((number) => `${hostAddress(number)} h${number}`)
  const named = guests.map(({ name, address }) => `${address} ${name}`)
  writeFileSync(join(folder, 'hosts'), `${['127.0.0.1 localhost', ...hosts, ...named].join('\n')}\n`)
  writeFileSync(join(folder, 'resolv.conf'), 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n')
}
