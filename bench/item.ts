import type { Measured } from './figures.ts'
import type { Progress } from './progress.ts'
import type { RunOptions } from './run-options.ts'

/** Something that is measured in parts: after an interruption only what is missing is done. */
export interface Item {
  readonly what: string
  /** Measured unless items are named. */
  readonly usual: boolean
  readonly run: (options: RunOptions, progress: Progress) => Promise<Measured>
}

export type Items = Readonly<Record<string, Item>>

/** Of a pair: whole, and quick. */
export function pick([whole, quick]: readonly [number, number], options: RunOptions): number {
  return options.quick ? quick : whole
}
