import type { HookCall } from '../../model/hook.ts'
import type { Clock } from '../../ports/clock.ts'
import { type Hook, type HookEnd, hookLimitMs } from '../../ports/hook.ts'

/** What the pretend program does: `works`, `fails` with a status, `hangs` until it is ended, or is `absent`. */
export type FakeHookMode = 'works' | 'fails' | 'hangs' | 'absent'

/** A program that only writes a line takes so long. */
const runMs = 20

/** The administrator's program of a pretend world: remembers what it was told. */
export class FakeHook implements Hook {
  mode: FakeHookMode = 'works'
  /** Calls that reached it, in order; repeated ones more than once. */
  readonly calls: { readonly program: string; readonly cluster: string; readonly call: HookCall }[] = []
  readonly #clock: Pick<Clock, 'after'>
  #running = 0
  /** The most calls at once that there ever were. */
  mostAtOnce = 0

  constructor(clock: Pick<Clock, 'after'>) {
    this.#clock = clock
  }

  async run(program: string, cluster: string, call: HookCall): Promise<HookEnd> {
    const { mode } = this
    if (mode === 'absent') return { kind: 'absent', text: 'ENOENT' }
    this.calls.push({ program, cluster, call })
    this.#running++
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#running)
    await new Promise<void>((resolve) => this.#clock.after(mode === 'hangs' ? hookLimitMs : runMs, resolve))
    this.#running--
    if (mode === 'hangs') return { kind: 'hung', limitMs: hookLimitMs }
    return mode === 'fails' ? { kind: 'failed', code: 3, text: 'no mail today' } : { kind: 'done' }
  }
}
