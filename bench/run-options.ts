/** How an item is to be run. */
export interface RunOptions {
  readonly say: (line: string) => void
  /** Shorter and fewer, to see that everything works: for the test tier. Said in the output. */
  readonly quick: boolean
}
