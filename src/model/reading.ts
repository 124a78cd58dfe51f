/** What was counted since some beginning; null: not told. A counter that is lower than before began anew. */
export interface TrafficCounters {
  readonly diskReadBytes: number | null
  readonly diskWrittenBytes: number | null
  readonly netReceivedBytes: number | null
  readonly netSentBytes: number | null
}

/** One running guest as it was read. Bytes as the guest itself sends and receives them, all its disks and cards together. */
export interface GuestReading extends TrafficCounters {
  /** Of the hypervisor. */
  readonly domain: string
  /** Differs from one run of the domain to the next: counters are compared within one only. */
  readonly run: string
  /** Of all its processors together, since its start. */
  readonly cpuMs: number | null
  readonly memoryGivenMib: number | null
  readonly memoryUsedMib: number | null
}

/** A host as it was read: its physical disks and cards, or, where it has none to be seen, those that lead out of it. */
export interface HostReading extends TrafficCounters {
  /** Of all processors together, in the kernel's own unit. */
  readonly cpuBusyTicks: number | null
  readonly cpuAllTicks: number | null
  readonly memoryTotalMib: number | null
  /** Without what could be given back at once: caches, free pages. */
  readonly memoryUsedMib: number | null
}
