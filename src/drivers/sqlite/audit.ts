import type { Audit, AuditEntry, AuditFilter, StoredAuditEntry } from '../../ports/audit.ts'
import type { Lane } from './lane.ts'
import type { HistoryAnswer, HistoryRequest } from './messages.ts'

/** The audit of one host, in the file of its history. */
export class SqliteAudit implements Audit {
  readonly #lane: Lane<HistoryRequest, HistoryAnswer>

  constructor(lane: Lane<HistoryRequest, HistoryAnswer>) {
    this.#lane = lane
  }

  async append(entry: AuditEntry): Promise<void> {
    await this.#lane.call({ kind: 'audit-append', entry })
  }

  async query(filter: AuditFilter): Promise<readonly StoredAuditEntry[]> {
    const answer = await this.#lane.call({ kind: 'audit-query', filter })
    if (answer.kind !== 'audit-query') throw new Error(`a query of the audit was answered with ${answer.kind}`)
    return answer.entries
  }
}
