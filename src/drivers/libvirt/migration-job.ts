import type { MigrationProgress } from '../../ports/hypervisor.ts'
import { ErrorCode, LibvirtError } from './errors.ts'
import { LOOK_TIMEOUT_MS } from './observe.ts'
import type { LibvirtPool } from './pool.ts'
import type { DomainRef, TypedParam } from './values.ts'

/** A job on a domain, as libvirt counts it: `virDomainJobType` and its figures. */
export interface JobStats {
  readonly type: number
  readonly params: readonly TypedParam[]
}

/** libvirt's `VIR_DOMAIN_JOB_BOUNDED` and `VIR_DOMAIN_JOB_UNBOUNDED`: a job that goes on. */
const GOES_ON: readonly number[] = [1, 2]

/** libvirt's `VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT`. */
const MIGRATION_OUT = 5

/** How far a migration away from here has come; null where the job is none. A migration that just began has sent nothing of nothing. */
export function progressOf({ type, params }: JobStats): MigrationProgress | null {
  const values = new Map(params.map(({ field, value }) => [field, value]))
  if (!GOES_ON.includes(type) || values.get('operation') !== MIGRATION_OUT) return null
  const number = (field: string) => Number(values.get(field) ?? 0)
  return {
    elapsedMs: number('time_elapsed'),
    totalBytes: number('data_total'),
    sentBytes: number('data_processed'),
    leftBytes: number('data_remaining'),
  }
}

/** Null: no migration of it is under way, or it is not there. */
export async function migrationOf(pool: LibvirtPool, dom: DomainRef): Promise<MigrationProgress | null> {
  try {
    return progressOf(await pool.call('domainGetJobStats', { dom, flags: 0 }, { timeoutMs: LOOK_TIMEOUT_MS }))
  } catch (error) {
    if (error instanceof LibvirtError && notThere.includes(error.code)) return null
    throw error
  }
}

/** It went away, or runs no longer; or this hypervisor knows of no jobs. */
const notThere: readonly number[] = [ErrorCode.noDomain, ErrorCode.operationInvalid, ErrorCode.noSupport]

/** Asks libvirt to give a migration up. False: there was none to give up. Throws libvirt's refusal, as after post-copy began. */
export async function abortMigration(pool: LibvirtPool, dom: DomainRef): Promise<boolean> {
  if ((await migrationOf(pool, dom)) === null) return false
  try {
    await pool.call('domainAbortJob', { dom }, { timeoutMs: LOOK_TIMEOUT_MS })
    return true
  } catch (error) {
    // It came to its end between our look and our call.
    if (error instanceof LibvirtError && (await migrationOf(pool, dom)) === null) return false
    throw error
  }
}
