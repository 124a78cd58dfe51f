import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { accelerator } from './accelerator.ts'
import { keepCapabilities, writeHostSettings } from './host-settings.ts'
import { hostAddress, hostNamespace, hostNetworkDown, hostNetworkUp, setHostLink } from './network.ts'
import { amongGuests, beforeGuests } from './priority.ts'
import {
  childrenOf,
  isAlive,
  markOf,
  type ProcessMark,
  processesInNamespaceOf,
  signal,
  waitGone,
} from './process-mark.ts'
import { startRecorded } from './recorded.ts'
import { must, type Ran, type RunOptions, run, until } from './run.ts'
import type { StateFile } from './state.ts'

/** Longest wait for a host's first process, its libvirtd, or its end; a machine slower than this cannot run the lab. */
const HOST_LIMIT_MS = 90_000

/** Power cut: the kernel ends all processes of a pid namespace with its first one; QEMU's memory takes a moment to free. */
const CUT_LIMIT_MS = 60_000

export interface HostProcess {
  /** Inside the host; end this one, not the `nsenter` in front of it. */
  readonly mark: ProcessMark
  readonly outer: ProcessMark
}

/** A pretend machine: own network, mounts, processes, name; its own libvirtd. Its first process is its power supply. */
export class LabHost {
  readonly name: string
  readonly number: number
  readonly address: string
  readonly folder: string
  readonly namespace: string
  readonly #state: StateFile
  #supply: ProcessMark | undefined
  #first: ProcessMark | undefined
  #libvirtd: HostProcess | undefined
  /** What is being done to its power. */
  #switching: Promise<void> = Promise.resolve()

  constructor(state: StateFile, name: string, number: number) {
    this.#state = state
    this.name = name
    this.number = number
    this.address = hostAddress(number)
    this.folder = join(state.state.folder, name)
    this.namespace = hostNamespace(state.state.id, name)
    this.#supply = state.state.processes.find((mark) => mark.what === supplyOf(name) && isAlive(mark))
    this.#first = state.state.processes.find((mark) => mark.what === firstOf(name) && isAlive(mark))
  }

  /** libvirt's socket, by a path that works from outside the host. */
  get libvirtSocket(): string {
    return join(this.folder, 'run', 'libvirt', 'libvirt-sock')
  }

  get libvirtUri(): string {
    return `qemu+unix:///system?socket=${this.libvirtSocket}`
  }

  /** Inside the host this folder is /run/vigia: what lies in it is gone after a power cut. */
  get runFolder(): string {
    return join(this.folder, 'run', 'vigia')
  }

  /** For what must survive a power cut: databases, cluster files. The same path inside and outside. */
  get stateFolder(): string {
    return join(this.folder, 'vigia')
  }

  get isOn(): boolean {
    return this.#first !== undefined && isAlive(this.#first)
  }

  /** What a power cut ends; undefined while the host is off. */
  get firstProcess(): ProcessMark | undefined {
    return this.isOn ? this.#first : undefined
  }

  /** Power is switched by one at a time: a fence device and a person do not know of each other. */
  powerOn(): Promise<void> {
    return this.#switch(() => this.#powerOn())
  }

  /** A power cut: everything on the host ends at once, unasked. Returns when nothing of it is left. */
  powerCut(): Promise<void> {
    return this.#switch(() => this.#powerCut())
  }

  #switch(how: () => Promise<void>): Promise<void> {
    const done = this.#switching.then(how)
    this.#switching = done.catch(() => undefined)
    return done
  }

  async #powerOn(): Promise<void> {
    if (this.isOn) return
    // Its watchdog took the power: what the kernel keeps of it is taken away first.
    if (this.#supply !== undefined) await this.#powerCut()
    writeHostSettings(this.folder, this.number)
    await hostNetworkUp(this.#state, this.name, this.number)
    this.#state.addHost({ name: this.name, number: this.number, address: this.address })
    await this.#startFirstProcess()
    await this.startLibvirtd()
  }

  async #powerCut(): Promise<void> {
    const [first, supply] = [this.#first, this.#supply]
    // A host without power says no farewell: the kernel would close every connection of a process that it ends.
    if (first) await setHostLink(this.#state.state.id, this.name, 'down').catch(() => undefined)
    if (first) signal(first, 'SIGKILL')
    this.#wakeOuter()
    if (supply) await waitGone(supply, CUT_LIMIT_MS)
    for (const mark of this.#recorded()) if (!isAlive(mark)) this.#state.removeProcess(mark)
    await hostNetworkDown(this.#state, this.name)
    this.#first = undefined
    this.#supply = undefined
    this.#libvirtd = undefined
  }

  /** Where somebody else killed the first process: lets those in front of stopped processes collect them, or the host never ends. */
  collectDead(): void {
    this.#wakeOuter()
  }

  /** Stops every process of the host where it is, guests included; they notice nothing but the time. */
  freeze(): void {
    // Again until nobody is new: what was being started meanwhile would run on.
    let before = -1
    for (let known = this.#signalAll('SIGSTOP'); known !== before; known = this.#signalAll('SIGSTOP')) before = known
  }

  thaw(): void {
    this.#signalAll('SIGCONT')
    this.#wakeOuter()
  }

  async setLink(wanted: 'up' | 'down'): Promise<void> {
    await setHostLink(this.#state.state.id, this.name, wanted)
  }

  /** Runs a command inside the host to its end. */
  run(command: string, args: readonly string[] = [], options: RunOptions = {}): Promise<Ran> {
    return run('nsenter', [...this.enter(), command, ...args], options)
  }

  /** `run` that takes any status but 0 for an error; returns the output. */
  must(command: string, args: readonly string[] = [], options: RunOptions = {}): Promise<string> {
    return must('nsenter', [...this.enter(), command, ...args], options)
  }

  /** Starts a process inside the host that lives on when this one ends; its output goes to `log/NAME.out`. */
  start(name: string, command: string, args: readonly string[] = [], env?: NodeJS.ProcessEnv): Promise<HostProcess> {
    return this.#start(name, amongGuests([command, ...args]), env)
  }

  /** As `start`, for what its unit puts before the guests. */
  startBeforeGuests(
    name: string,
    command: string,
    args: readonly string[],
    env?: NodeJS.ProcessEnv,
  ): Promise<HostProcess> {
    return this.#start(name, beforeGuests([command, ...args]), env)
  }

  async #start(name: string, words: readonly string[], env?: NodeJS.ProcessEnv): Promise<HostProcess> {
    const outer = startRecorded(this.#state, 'nsenter', [...this.enter(), ...words], {
      log: join(this.folder, 'log', `${name}.out`),
      what: `${this.name}: ${name}`,
      env: env ?? process.env,
    })
    let inner: ProcessMark | undefined
    await until(`start of ${name} on ${this.name}`, HOST_LIMIT_MS, () => {
      const child = childrenOf(outer.pid)[0]
      inner = child === undefined ? undefined : markOf(child, `${this.name}: ${name}`)
      return inner !== undefined || !isAlive(outer)
    })
    if (inner === undefined)
      throw new Error(`${name} on ${this.name} ended at once: see ${this.folder}/log/${name}.out`)
    return { mark: inner, outer }
  }

  async startLibvirtd(): Promise<void> {
    this.#libvirtd = await this.start('libvirtd', 'libvirtd', ['--listen'])
    const started = this.#libvirtd
    await until(`answer of libvirtd on ${this.name}`, HOST_LIMIT_MS, async () => {
      if (!isAlive(started.mark)) throw new Error(`libvirtd on ${this.name} ended: see ${this.folder}/log`)
      return existsSync(this.libvirtSocket) && (await acceptsConnections(this.libvirtSocket))
    })
    // The first question makes libvirt ask QEMU what it can do; better now than during the first start of a guest.
    // What accepted a moment ago may have been the libvirtd of an earlier power, on its way out.
    await until(`first answer of libvirtd on ${this.name}`, HOST_LIMIT_MS, async () => {
      if (!isAlive(started.mark)) throw new Error(`libvirtd on ${this.name} ended: see ${this.folder}/log`)
      return this.virsh(['capabilities']).then(
        () => true,
        () => false,
      )
    })
    keepCapabilities(this.folder)
  }

  /** SIGKILL, as a crash of libvirtd would be; guests live on. */
  async killLibvirtd(): Promise<void> {
    const running = this.#libvirtd ?? this.#recordedLibvirtd()
    if (running === undefined) throw new Error(`no libvirtd on ${this.name}`)
    signal(running.mark, 'SIGKILL')
    // One that was stopped has stopped its `nsenter` as well.
    signal(running.outer, 'SIGCONT')
    await waitGone(running.outer, HOST_LIMIT_MS)
    this.#state.removeProcess(running.outer)
    this.#libvirtd = undefined
  }

  /** For tests and benchmarks; the product speaks to the socket by itself. */
  virsh(args: readonly string[], options: RunOptions = {}): Promise<string> {
    return must('virsh', ['-q', '-c', this.libvirtUri, ...args], options)
  }

  async #startFirstProcess(): Promise<void> {
    const { folder: lab } = this.#state.state
    const script = join(import.meta.dirname, 'host-init.sh')
    const inside = ['sh', script, this.name, this.folder, lab, accelerator() === 'kvm' ? 'yes' : 'no']
    const own = [
      '--mount',
      '--pid',
      '--fork',
      '--kill-child',
      '--uts',
      '--ipc',
      '--mount-proc',
      '--propagation',
      'private',
    ]
    const [program = '', ...words] = amongGuests([
      'nsenter',
      `--net=/run/netns/${this.namespace}`,
      'unshare',
      ...own,
      ...inside,
    ])
    this.#supply = startRecorded(this.#state, program, words, {
      log: join(this.folder, 'log', 'first.out'),
      what: supplyOf(this.name),
    })
    const supply = this.#supply
    await until(`start of host ${this.name}`, HOST_LIMIT_MS, () => {
      if (!isAlive(supply)) throw new Error(`host ${this.name} ended at once: see ${this.folder}/log/first.out`)
      return existsSync(join(this.folder, 'run', 'up'))
    })
    const first = childrenOf(supply.pid)[0]
    this.#first = first === undefined ? undefined : markOf(first, firstOf(this.name))
    if (this.#first === undefined) throw new Error(`host ${this.name} has no first process`)
    this.#state.addProcess(this.#first)
  }

  #recordedLibvirtd(): HostProcess | undefined {
    const outer = this.#state.state.processes.find((mark) => mark.what === `${this.name}: libvirtd` && isAlive(mark))
    const child = outer && childrenOf(outer.pid)[0]
    const mark = child === undefined ? undefined : markOf(child, `${this.name}: libvirtd`)
    return outer && mark ? { outer, mark } : undefined
  }

  #recorded(): ProcessMark[] {
    return this.#state.state.processes.filter((known) => known.what.startsWith(`${this.name}: `))
  }

  /** `nsenter` stops itself when its child is stopped, and would then never collect it. */
  #wakeOuter(): void {
    for (const mark of this.#recorded()) if (mark.what !== firstOf(this.name)) signal(mark, 'SIGCONT')
  }

  /** What `nsenter` is told to go into it. */
  enter(): string[] {
    if (this.#first === undefined || !isAlive(this.#first)) throw new Error(`host ${this.name} is off`)
    // --root as well: where the lab itself runs in a chroot, the host's root is not the outermost one.
    return ['-t', String(this.#first.pid), '--mount', '--pid', '--uts', '--ipc', '--net', '--root', '--wd=/', '--']
  }

  /** Returns to how many. */
  #signalAll(name: NodeJS.Signals): number {
    if (this.#first === undefined) throw new Error(`host ${this.name} is off`)
    const all = processesInNamespaceOf(this.#first.pid)
    for (const pid of all) {
      const mark = markOf(pid, 'process of a lab host')
      if (mark) signal(mark, name)
    }
    return all.length
  }
}

/** `unshare`, the parent of the host's first process: it ends after the last process of the host. */
function supplyOf(host: string): string {
  return `${host}: power supply`
}

function firstOf(host: string): string {
  return `${host}: first process`
}

/** Whether anybody listens on a unix socket. */
export function acceptsConnections(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket, () => {
      connection.destroy()
      resolve(true)
    })
    connection.on('error', () => resolve(false))
  })
}
