import { rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import type { LabHost } from './host.ts'
import type { Lab } from './lab.ts'

/** `fails` = a command errs whatever it did; `lies` = it says done and did nothing; `dead` = no answer. The power always reads true. */
export type FenceMode = 'works' | 'fails' | 'lies' | 'dead'

/** Longest line a program may send. */
const LINE_MAX = 256

/**
 * The fence device of a lab, outside all hosts as a switched socket strip would be. `fence_lab`, run inside a host or anywhere, asks it by a
 * unix socket whose path is the same everywhere: a network that no fault of the lab's network touches.
 */
export class LabFenceDevice {
  readonly socket: string
  /** The program that speaks to it. */
  readonly agent = join(import.meta.dirname, 'fence_lab')
  /** By host; absent: works. */
  readonly modes = new Map<string, FenceMode>()
  /** Every command, in order: `off h1`. */
  readonly asked: string[] = []
  /** When each of them came, by CLOCK_MONOTONIC in milliseconds. */
  readonly askedAtMs: number[] = []
  readonly #lab: Lab
  readonly #server: Server
  readonly #open = new Set<Socket>()

  private constructor(lab: Lab) {
    this.#lab = lab
    this.socket = join(lab.folder, 'fence.sock')
    this.#server = createServer((peer) => this.#serve(peer))
  }

  static async start(lab: Lab): Promise<LabFenceDevice> {
    const device = new LabFenceDevice(lab)
    rmSync(device.socket, { force: true })
    await new Promise<void>((resolve, reject) => {
      device.#server.once('error', reject)
      device.#server.listen(device.socket, resolve)
    })
    return device
  }

  /** For the cluster file. */
  options(host: string): { readonly socket: string; readonly plug: string } {
    return { socket: this.socket, plug: host }
  }

  stop(): Promise<void> {
    for (const peer of this.#open) peer.destroy()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }

  #serve(peer: Socket): void {
    this.#open.add(peer)
    let line = ''
    peer.on('close', () => this.#open.delete(peer))
    peer.on('error', () => peer.destroy())
    peer.on('data', (chunk) => {
      line += chunk.toString()
      if (line.length > LINE_MAX) peer.destroy()
      if (!line.includes('\n')) return
      const [action = '', name = ''] = line.trim().split(' ')
      line = ''
      void this.#answer(action, name).then((answer) => {
        if (answer !== null) peer.end(`${answer}\n`)
      })
    })
  }

  /** Null: no answer at all. */
  async #answer(action: string, name: string): Promise<string | null> {
    const host = this.#lab.hosts.find((candidate) => candidate.name === name)
    if (host === undefined) return 'no such plug'
    this.asked.push(`${action} ${name}`)
    this.askedAtMs.push(Number(process.hrtime.bigint()) / 1e6)
    const mode = this.modes.get(name) ?? 'works'
    if (mode === 'dead') return null
    if (action === 'status') return host.isOn ? 'on' : 'off'
    if (mode === 'lies') return 'done'
    try {
      await switchPower(host, action)
    } catch (error) {
      return (error as Error).message.replaceAll('\n', ' ')
    }
    return mode === 'fails' ? 'the command failed' : 'done'
  }
}

async function switchPower(host: LabHost, action: string): Promise<void> {
  // A host that lost its power by itself (its watchdog) has left its network behind: the cut takes that away, too.
  if (action === 'off') await host.powerCut()
  else if (action !== 'on') throw new Error('no such action')
  else if (!host.isOn) {
    await host.powerCut()
    await host.powerOn()
  }
}
