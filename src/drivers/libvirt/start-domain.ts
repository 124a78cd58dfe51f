import { Fault } from '../../model/fault.ts'
import type { StartWith } from '../../ports/hypervisor.ts'
import type { CallOptions } from './calls.ts'
import type { LibvirtPool } from './pool.ts'
import type { DomainRef } from './values.ts'

/** Starts a domain that is not running; `dom` is what libvirt knows under this name. Throws what libvirt says, or a Fault. */
export async function startDomain(
  pool: LibvirtPool,
  name: string,
  dom: DomainRef | null,
  startWith: StartWith,
  how: CallOptions,
): Promise<void> {
  if (startWith.kind === 'existing') {
    if (dom === null) throw new Fault('domain-missing', 'not-done', { domain: name })
    await pool.call('domainCreateWithFlags', { dom, flags: 0 }, how)
    return
  }
  // libvirt would run it in the place of the stopped one, whose definition is somebody else's.
  if (dom !== null) throw new Fault('domain-exists', 'not-done', { domain: name })
  const made = await pool.call('domainCreateXml', { xmlDesc: startWith.xml, flags: 0 }, how)
  if (made.dom.name === name) return
  // Under another name it would never be found again, and started anew each time.
  await pool.call('domainDestroyFlags', { dom: made.dom, flags: 0 })
  const text = `the definition names ${made.dom.name}`
  throw new Fault('domain-refused', 'not-done', { action: 'start', domain: name, text })
}
