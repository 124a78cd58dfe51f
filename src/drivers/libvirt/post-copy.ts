import { setTimeout as delay } from 'node:timers/promises'
import { migrationOf } from './migration-job.ts'
import { LOOK_TIMEOUT_MS } from './observe.ts'
import type { LibvirtPool } from './pool.ts'
import type { DomainRef } from './values.ts'

/** How often it is looked whether memory still follows. */
const LOOK_EVERY_MS = 1_000

/**
 * So long nothing of a guest's memory may arrive after it began to run over there. It stands still meanwhile, and QEMU would wait for
 * a quarter of an hour until TCP gives up; a network that is away for a moment is back long before.
 */
const STALL_MS = 15_000

/** libvirt's `VIR_DOMAIN_ABORT_JOB_POSTCOPY`. */
const ABORT_POST_COPY = 1

/**
 * Watches a guest whose memory follows it to its new host, to the end of that. One that nothing follows any more is broken off: its
 * guest is lost then, and libvirt says so on both hosts. Never throws.
 */
export async function endWhenStalled(pool: LibvirtPool, dom: DomainRef): Promise<void> {
  let sentBytes = -1
  let movedAt = performance.now()
  try {
    for (;;) {
      const progress = await migrationOf(pool, dom)
      if (progress === null) return
      if (progress.sentBytes !== sentBytes) movedAt = performance.now()
      sentBytes = progress.sentBytes
      if (performance.now() - movedAt >= STALL_MS) {
        await pool.call('domainAbortJobFlags', { dom, flags: ABORT_POST_COPY }, { timeoutMs: LOOK_TIMEOUT_MS })
        return
      }
      await delay(LOOK_EVERY_MS, undefined, { ref: false })
    }
  } catch {
    // libvirt is away, or too old to be told: it goes on as libvirt lets it, and its end is seen on both hosts.
  }
}
