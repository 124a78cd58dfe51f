/** How an item is to be run. */
export interface RunOptions {
  readonly say: (line: string) => void
  /** Shorter and fewer, to see that everything works: for the test tier. Said in the output. */
  readonly quick: boolean
  /** Instead of the usual number, where an item is repeated for a median. */
  readonly runs?: number
  /** Instead of the usual length, where an item waits. */
  readonly minutes?: number
  /** Of an item that has several parts, those that are wanted; absent: all. */
  readonly parts?: readonly string[]
  /** Of the first thing that is drawn at random; chosen at random where it is absent. */
  readonly seed?: number
  /** Busy loops, where there is load; one for each core where it is absent. */
  readonly loops?: number
}
