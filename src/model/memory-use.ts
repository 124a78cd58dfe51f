/** What one running guest's balloon driver told of its memory. Null: not told. */
export interface MemoryStatistics {
  /** Of the hypervisor. */
  readonly domain: string
  /** Differs from one run of the domain to the next. */
  readonly run: string
  /** What the balloon leaves it now. */
  readonly givenMib: number
  /** What it could still use without swapping, caches that it can drop included. */
  readonly usableMib: number | null
  /** What is wholly unused; older guests tell only this. */
  readonly unusedMib: number | null
  /** Read back from swap, and faults that had to read a disk: counted since its boot. */
  readonly swapInMib: number | null
  readonly majorFaults: number | null
  /** A mark of the guest's report: another report has another one. Null: it has never reported. */
  readonly reportedAt: number | null
}

/** What shows that it needs more than it has: next to nothing left, pages coming back from swap, or from files that were just dropped. */
export type MemoryPress = 'short' | 'swap' | 'refaults'

/** What a guest needs, as its agent gathered it from one report after the other. */
export interface MemoryUse {
  /** What it had at the report that this is from. */
  readonly givenMib: number
  /** What it could not do without then. */
  readonly needMib: number
  /** The most that it needed lately; null: it has not been watched for long enough. */
  readonly peakMib: number | null
  readonly press: MemoryPress | null
}
