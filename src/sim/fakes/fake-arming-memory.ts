import { Fault } from '../../model/fault.ts'
import type { ArmingMemory, KeptArming } from '../../ports/arming-memory.ts'
import type { Timeline } from '../timeline.ts'

/** How long a small file takes. */
const fileMs = 1

/** The place of one pretend host. It outlives daemons, and even boots. */
export class FakeArmingMemory implements ArmingMemory {
  kept: KeptArming | null = null
  readonly #timeline: Timeline
  readonly #troubles: { readonly diskFull: boolean }

  constructor(timeline: Timeline, troubles: { readonly diskFull: boolean }) {
    this.#timeline = timeline
    this.#troubles = troubles
  }

  async read(): Promise<KeptArming | null> {
    await this.#timeline.sleep(fileMs)
    return this.kept
  }

  async keep(arming: KeptArming): Promise<void> {
    await this.#timeline.sleep(fileMs)
    if (this.#troubles.diskFull) throw new Fault('disk-full', 'not-done', { path: 'arming' })
    this.kept = arming
  }

  async forget(): Promise<void> {
    await this.#timeline.sleep(fileMs)
    this.kept = null
  }
}
