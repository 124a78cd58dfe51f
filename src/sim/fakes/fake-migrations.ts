import { Fault } from '../../model/fault.ts'
import type { HostId } from '../../model/ids.ts'
import type { HypervisorNode, MigrationProgress, MigrationTarget } from '../../ports/hypervisor.ts'
import type { Dice } from '../dice.ts'
import type { MachineSpec } from '../machine.ts'
import type { Asker, MachineRoom } from '../machine-room.ts'
import type { Timeline } from '../timeline.ts'
import { known, refused } from './domain-faults.ts'
import { type HypervisorLine, lost, tookMs } from './hypervisor-line.ts'
import { fails, type HypervisorTroubles } from './hypervisor-troubles.ts'

/** What a pretend hypervisor needs of the one a guest is moved to. */
export interface MigrationPeer {
  readonly room: MachineRoom
  readonly node: HypervisorNode
  /** It answers, and its host is reached. */
  readonly reached: () => boolean
  /** Names the present boot of its host. */
  readonly boot: () => string
  readonly machineFor: (name: string) => MachineSpec | null
}

interface MigrationOptions {
  readonly timeline: Timeline
  readonly dice: Dice
  readonly room: MachineRoom
  readonly peer?: (host: HostId) => MigrationPeer | null
  readonly migrationMs?: number
}

/** Of a migration: each slice takes as long as the hypervisor is slow when it begins. */
const sliceMs = 250

/** Of a guest, where the world does not say another. */
const usualMigrationMs = 1_000

interface MigrationBegun {
  readonly peer: MigrationPeer
  /** What was sent is gone with the boot that it was sent to. */
  readonly boot: string
  /** Of the machine that is sent. */
  readonly starts: number
}

/** Moves of guests from a pretend host to another, by their hypervisors. */
export class FakeMigrations {
  readonly #options: MigrationOptions
  readonly #line: HypervisorLine
  readonly #troubles: HypervisorTroubles
  /** Moves from here that are under way: when each began, and how to end it. */
  readonly #underWay = new Map<string, { readonly sinceMs: number; cancelled: boolean }>()

  constructor(options: MigrationOptions, line: HypervisorLine, troubles: HypervisorTroubles) {
    this.#options = options
    this.#line = line
    this.#troubles = troubles
  }

  powerCut(): void {
    this.#underWay.clear()
  }

  /** False: none of it is under way. */
  cancel(name: string): boolean {
    const move = this.#underWay.get(name)
    if (move !== undefined) move.cancelled = true
    return move !== undefined
  }

  /** Null: none of it is under way. */
  progress(name: string): MigrationProgress | null {
    const move = this.#underWay.get(name)
    if (move === undefined) return null
    const elapsedMs = this.#options.timeline.nowMs - move.sinceMs
    const totalBytes = (this.#options.room.get(name)?.memoryMib ?? 0) * 1024 * 1024
    const sentBytes = Math.floor(totalBytes * Math.min(1, elapsedMs / (this.#options.migrationMs ?? usualMigrationMs)))
    return { elapsedMs, totalBytes, sentBytes, leftBytes: totalBytes - sentBytes }
  }

  /** The hypervisors do it between them: the caller may be gone before the end. */
  async migrate(name: string, to: MigrationTarget, by: Asker): Promise<void> {
    const began = await this.#line.call('migrate', tookMs.look, () => this.#begin(name, to))
    const { timeline } = this.#options
    const { power, connection } = this.#line
    // In slices: who is slow for a while is slow no longer than that.
    for (let leftMs = this.#options.migrationMs ?? usualMigrationMs; leftMs > 0; leftMs -= sliceMs)
      await timeline.sleep(Math.min(leftMs, sliceMs) * this.#troubles.slowness)
    if (power !== this.#line.power) return new Promise(() => {})
    const cancelled = this.#underWay.get(name)?.cancelled === true
    this.#underWay.delete(name)
    const failed = cancelled ? 'it was cancelled' : this.#end(name, began, by)
    if (connection !== this.#line.connection) throw lost('migrate')
    if (failed === 'broken')
      throw new Fault('migration-failed', 'unknown', { domain: name, text: 'it broke on the way' })
    if (failed !== null) throw migrationFailed(name, failed)
  }

  #begin(name: string, to: MigrationTarget): MigrationBegun {
    const machine = known(this.#options.room, name)
    if (!machine.up) throw refused(name, 'the domain is not running')
    if (this.#underWay.has(name)) throw migrationFailed(name, 'it is being moved already')
    const peer = this.#options.peer?.(to.host) ?? null
    if (peer === null || !peer.reached()) throw migrationFailed(name, 'the other host does not answer')
    if (peer.room.get(name)?.up) throw migrationFailed(name, 'it runs there already')
    this.#underWay.set(name, { sinceMs: this.#options.timeline.nowMs, cancelled: false })
    return { peer, boot: peer.boot(), starts: machine.starts }
  }

  /** Null: it is there; `broken`: a part of it. */
  #end(name: string, { peer, boot, starts }: MigrationBegun, by: Asker): string | null {
    const machine = this.#options.room.get(name)
    // What was started since is another process, of which nothing was sent.
    if (!machine?.up || machine.starts !== starts) return 'the domain is gone'
    if (fails(this.#troubles, 'failMigrations', name)) return 'the transfer broke'
    if (!peer.reached() || peer.boot() !== boot) return 'the other host does not answer'
    if (peer.room.get(name)?.up) return 'it runs there already'
    const spec = peer.machineFor(name)
    const there = peer.room.get(name) ?? (spec === null ? undefined : peer.room.define(spec))
    if (there === undefined) return 'the other host does not take it'
    const used = peer.room.all().reduce((sum, other) => sum + (other.up ? other.memoryMib : 0), 0)
    if (used + machine.memoryMib > peer.node.memoryMib) return 'cannot allocate memory'
    if (!this.#options.dice.chance(this.#troubles.breaking)) {
      peer.room.receive(there, this.#options.room, by)
      return null
    }
    peer.room.receiveHalf(there, this.#options.room, by, this.#options.dice.chance(0.5))
    return 'broken'
  }
}

const migrationFailed = (domain: string, text: string) => new Fault('migration-failed', 'not-done', { domain, text })
