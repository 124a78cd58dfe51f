import type { Audit, AuditEntry, AuditFilter, StoredAuditEntry } from '../../ports/audit.ts'

/** Kept in memory, and without bounds: a test is soon over. */
export class FakeAudit implements Audit {
  readonly entries: StoredAuditEntry[] = []

  async append(entry: AuditEntry): Promise<void> {
    this.entries.push({ ...entry, number: this.entries.length + 1 })
  }

  async query({ fromMs = 0, who, beforeId, limit }: AuditFilter): Promise<readonly StoredAuditEntry[]> {
    return this.entries
      .filter((entry) => entry.at >= fromMs && (who === undefined || entry.who === who))
      .filter(({ number }) => beforeId === undefined || number < beforeId)
      .reverse()
      .slice(0, limit)
  }
}
