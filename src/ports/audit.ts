import type { WallTime } from '../model/ids.ts'

/** Who did what, or tried to, through one daemon. Never a secret in it. */
export interface AuditEntry {
  readonly at: WallTime
  /** Empty: nobody knew. */
  readonly who: string
  /** `none`: nobody known. */
  readonly by: 'local' | 'session' | 'token' | 'none'
  /** Which session or token of theirs. */
  readonly id: string | null
  /** The address it came from; `local`: the socket of the host. */
  readonly from: string
  /** The method and path of the request, or a word for what has none (`sign-in`). */
  readonly what: string
  /** What was asked for in particular, as JSON text. Null: nothing more. */
  readonly details: string | null
  /** `done`, or the code of the fault that was answered. */
  readonly outcome: string
}

export interface StoredAuditEntry extends AuditEntry {
  /** Grows by one. */
  readonly number: number
}

export interface AuditFilter {
  readonly fromMs?: number
  readonly who?: string
  /** Only those with a lower `number`: the next page. */
  readonly beforeId?: number
  /** At most 1 000. */
  readonly limit: number
}

/** What is kept of it. */
export interface Audit {
  /** Resolves when it is durable. Faults as of the history. */
  append(entry: AuditEntry): Promise<void>
  /** Newest first. */
  query(filter: AuditFilter): Promise<readonly StoredAuditEntry[]>
}
