import type { HookCall } from '../model/hook.ts'

/** A program that hangs is ended after so long, with all that it has started. */
export const hookLimitMs = 30_000

/** How it ended. Every end is an answer: nothing waits for what the program does. */
export type HookEnd =
  | { readonly kind: 'done' }
  /** `code` null: by a signal. `text`: the end of what it said. */
  | { readonly kind: 'failed'; readonly code: number | null; readonly text: string }
  | { readonly kind: 'hung'; readonly limitMs: number }
  /** It was not started. */
  | { readonly kind: 'absent'; readonly text: string }

/**
 * The administrator's own program, run on the host whose daemon leads. One call at a time. Never throws, and ends within `hookLimitMs` and a
 * moment. Repeated calls have the same id: a leader that dies between the end of the program and writing that down leaves the next one to
 * repeat it.
 */
export interface Hook {
  run(program: string, cluster: string, call: HookCall): Promise<HookEnd>
}
