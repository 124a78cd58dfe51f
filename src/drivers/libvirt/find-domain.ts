import { Fault } from '../../model/fault.ts'
import { runView } from './domain-states.ts'
import { LOOK_TIMEOUT_MS } from './observe.ts'
import type { LibvirtPool } from './pool.ts'
import { orWhenGone } from './refusals.ts'
import type { DomainRef } from './values.ts'

const look = { timeoutMs: LOOK_TIMEOUT_MS }

/** Null: libvirt knows no domain of this name. */
export async function findDomain(pool: LibvirtPool, name: string): Promise<DomainRef | null> {
  return orWhenGone(null, async () => (await pool.call('domainLookupByName', { name }, look)).dom)
}

/** Faults: `domain-missing`. */
export async function knownDomain(pool: LibvirtPool, name: string): Promise<DomainRef> {
  const dom = await findDomain(pool, name)
  if (dom === null) throw new Fault('domain-missing', 'not-done', { domain: name })
  return dom
}

/** A process of it exists, running or paused. */
export async function isActive(pool: LibvirtPool, name: string): Promise<boolean> {
  const dom = await findDomain(pool, name)
  return dom !== null && dom.id >= 0
}

/** Of an active domain. */
export async function runOf(pool: LibvirtPool, dom: DomainRef): Promise<'running' | 'paused' | 'stopped'> {
  const { state, reason } = await pool.call('domainGetState', { dom, flags: 0 }, look)
  return runView(state, reason, true).run
}
