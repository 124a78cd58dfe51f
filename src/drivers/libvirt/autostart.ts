import type { LibvirtPool } from './pool.ts'
import { orWhenRefused } from './refusals.ts'
import type { DomainRef } from './values.ts'

/** libvirt's `VIR_CONNECT_LIST_DOMAINS_AUTOSTART`. */
const LIST_AUTOSTART = 1024

const QUESTION_TIMEOUT_MS = 10_000

export async function getAutostart(pool: LibvirtPool, dom: DomainRef): Promise<boolean> {
  const { autostart } = await pool.call('domainGetAutostart', { dom })
  return autostart !== 0
}

/** Asked only for a change: a transient domain has no autostart, and refuses even to have none. */
export async function setAutostart(pool: LibvirtPool, dom: DomainRef, on: boolean): Promise<void> {
  if ((await getAutostart(pool, dom)) !== on) await pool.call('domainSetAutostart', { dom, autostart: on ? 1 : 0 })
}

/** Empty where the hypervisor knows no such thing. */
export function listAutostarting(pool: LibvirtPool): Promise<readonly string[]> {
  return orWhenRefused([], async () => {
    const args = { needResults: 1, flags: LIST_AUTOSTART }
    const { domains } = await pool.call('connectListAllDomains', args, { timeoutMs: QUESTION_TIMEOUT_MS })
    return domains.map(({ name }) => name)
  })
}
