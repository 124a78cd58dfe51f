import { rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import type { LabHost } from './host.ts'
import type { Lab } from './lab.ts'

/** `fails` = a command errs whatever it did; `lies` = it says done and did nothing; `dead` = no answer. The power always reads true. */
export type FenceMode = 'works' | 'fails' | 'lies' | 'dead'

/** What the device switches, by the names of its plugs. */
export interface PowerOfHosts {
  /** Undefined: no such plug. */
  isOn(name: string): boolean | undefined
  switch(name: string, action: string): Promise<void>
}

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
  readonly #power: PowerOfHosts
  readonly #server: Server
  readonly #open = new Set<Socket>()

  private constructor(folder: string, power: PowerOfHosts) {
    this.#power = power
    this.socket = join(folder, 'fence.sock')
    this.#server = createServer((peer) => this.#serve(peer))
  }

  /** For as long as this process lives. */
  static start(lab: Lab): Promise<LabFenceDevice> {
    const host = (name: string): LabHost | undefined => lab.hosts.find((candidate) => candidate.name === name)
    return LabFenceDevice.serve(lab.folder, {
      isOn: (name) => host(name)?.isOn,
      switch: async (name, action) => switchPower(host(name), action),
    })
  }

  /** Of a lab whose device is a process of its own (`fence-server.ts`): only its place. */
  static at(lab: Lab): LabFenceDevice {
    return new LabFenceDevice(lab.folder, { isOn: () => undefined, switch: async () => {} })
  }

  static async serve(folder: string, power: PowerOfHosts): Promise<LabFenceDevice> {
    const device = new LabFenceDevice(folder, power)
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

  /** Harmless where it never listened. */
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
    const isOn = this.#power.isOn(name)
    if (isOn === undefined) return 'no such plug'
    this.asked.push(`${action} ${name}`)
    this.askedAtMs.push(Number(process.hrtime.bigint()) / 1e6)
    const mode = this.modes.get(name) ?? 'works'
    if (mode === 'dead') return null
    if (action === 'status') return isOn ? 'on' : 'off'
    if (mode === 'lies') return 'done'
    try {
      await this.#power.switch(name, action)
    } catch (error) {
      return (error as Error).message.replaceAll('\n', ' ')
    }
    return mode === 'fails' ? 'the command failed' : 'done'
  }
}

/** Throws with the reason where it cannot be done. */
export async function switchPower(host: LabHost | undefined, action: string): Promise<void> {
  if (host === undefined) throw new Error('no such plug')
  // A host that lost its power by itself (its watchdog) has left its network behind: the cut takes that away, too.
  if (action === 'off') await host.powerCut()
  else if (action !== 'on') throw new Error('no such action')
  else if (!host.isOn) {
    await host.powerCut()
    await host.powerOn()
  }
}
