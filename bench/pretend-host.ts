import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type PrivateLibvirtd, startPrivateLibvirtd } from '../lab/private-libvirtd.ts'
import { childrenOf, markOf, type ProcessMark } from '../lab/process-mark.ts'
import { must, until } from '../lab/run.ts'
import { compiled, daemonInItsEnvironment } from './build.ts'
import { Daemon, programOf } from './daemon.ts'
import { LISTENER_PORT, listenerAddress } from './listeners.ts'

const START_LIMIT_MS = 30_000

/** Guests in a row that need one another, so that a launch has some depth. */
const ROW = 10

/** A libvirtd of its own with many domains of the test driver, each with a real listener on its address. Nothing boots. */
export class PretendHost {
  readonly #libvirtd: PrivateLibvirtd
  readonly #listeners: ChildProcess
  readonly #guests: number
  #daemon: ChildProcess | null = null

  private constructor(libvirtd: PrivateLibvirtd, listeners: ChildProcess, guests: number) {
    this.#libvirtd = libvirtd
    this.#listeners = listeners
    this.#guests = guests
  }

  static async open(guests: number): Promise<PretendHost> {
    await compiled()
    const libvirtd = await startPrivateLibvirtd()
    try {
      return new PretendHost(libvirtd, await listeners(libvirtd, guests), guests)
    } catch (error) {
      await libvirtd.stop()
      throw error
    }
  }

  async close(): Promise<void> {
    this.#daemon?.kill('SIGKILL')
    this.#listeners.stdin?.end()
    await this.#libvirtd.stop()
  }

  get libvirtdPid(): number {
    const pid = childrenOf(this.#libvirtd.pid)
      .flatMap(childrenOf)
      .find((one) => programOf(one) === 'libvirtd')
    if (pid === undefined) throw new Error('no libvirtd on the pretend host')
    return pid
  }

  async startDaemon(): Promise<Daemon> {
    const folder = this.#libvirtd.folder
    const state = join(folder, 'state')
    mkdirSync(state)
    return Daemon.start({
      socket: join(folder, 'vigia.sock'),
      deedsFile: join(folder, 'deeds'),
      start: async (args) => this.#startInside(state, args),
    })
  }

  async #startInside(state: string, args: readonly string[]): Promise<ProcessMark> {
    const log = openSync(join(this.#libvirtd.folder, 'vigiad.log'), 'a')
    const socket = ['--libvirt-socket', this.#libvirtd.socketPath, '--libvirt-uri', 'test:///default']
    const all = [...daemonInItsEnvironment(), '--state-dir', state, '--host', 'test', ...socket, ...args]
    this.#daemon = spawn('nsenter', [...enter(this.#libvirtd), ...all], {
      stdio: ['ignore', log, log],
    })
    closeSync(log)
    // nsenter becomes the command: no process in between.
    const mark = markOf(this.#daemon.pid ?? 0, 'vigiad')
    if (mark === undefined) throw new Error('vigiad could not be started')
    return mark
  }

  /** Defines the guests and applies a file of them all; they start at once. */
  async apply(daemon: Daemon): Promise<void> {
    // Only now: the test driver's world ends with its last connection, and the daemon's stays.
    await define(this.#libvirtd, this.#guests)
    await daemon.client.apply({ path: 'pretend.yaml', text: clusterFile(this.#guests) })
  }
}

function enter({ pid }: PrivateLibvirtd): string[] {
  return [`--net=/proc/${pid}/ns/net`, '--']
}

async function define({ folder, socketPath }: PrivateLibvirtd, guests: number): Promise<void> {
  const commands = Array.from({ length: guests }, (_, index) => {
    const file = join(folder, `${guestName(index)}.xml`)
    writeFileSync(file, domainXml(guestName(index)))
    return `define ${file}\n`
  })
  const uri = `test+unix:///default?socket=${socketPath}`
  await must('virsh', ['-q', '-c', uri], { input: commands.join(''), timeoutMs: START_LIMIT_MS })
}

async function listeners(libvirtd: PrivateLibvirtd, guests: number): Promise<ChildProcess> {
  const program = join(import.meta.dirname, 'listeners.ts')
  const limit = `ulimit -n ${guests + 1_000} && exec "$@"`
  const command = ['sh', '-c', limit, 'sh', process.execPath, program, String(guests)]
  const child = spawn('nsenter', [...enter(libvirtd), ...command], { stdio: ['pipe', 'pipe', 'inherit'] })
  let ready = false
  child.stdout.once('data', () => {
    ready = true
  })
  await until('listeners', START_LIMIT_MS, () => {
    if (child.exitCode !== null) throw new Error('the listeners ended at once')
    return ready
  })
  return child
}

function guestName(index: number): string {
  return `guest${String(index + 1).padStart(5, '0')}`
}

/** Small: the test driver's host has 3 GiB for all. */
function domainXml(name: string): string {
  return `<domain type='test'><name>${name}</name><memory unit='MiB'>2</memory><vcpu>1</vcpu><os><type>hvm</type></os></domain>\n`
}

function clusterFile(guests: number): string {
  const lines = Array.from({ length: guests }, (_, index) => {
    const needs = index % ROW === 0 ? '' : `, needs: ["${guestName(index - 1)}:${LISTENER_PORT}/tcp"]`
    return `  ${guestName(index)}: { address: ${listenerAddress(index)}, services: [${LISTENER_PORT}/tcp]${needs} }`
  })
  return `version: 1\nname: pretend\nhosts: { test: { memory: 64 GiB } }\nguests:\n${lines.join('\n')}\n`
}
