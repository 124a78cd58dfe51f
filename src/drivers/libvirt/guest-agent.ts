import { readGuestFile } from './guest-file.ts'
import type { LibvirtPool } from './pool.ts'
import { orWhenRefused } from './refusals.ts'
import type { DomainRef } from './values.ts'

/** Seconds a guest agent has for each answer, and milliseconds libvirt has to pass it on. */
const AGENT_TIMEOUT_S = 2
const CALL_TIMEOUT_MS = 10_000

/** False: no agent, or none that answers. */
export function pingAgent(pool: LibvirtPool, dom: DomainRef): Promise<boolean> {
  return orWhenRefused(false, async () => {
    await ask(pool, dom, '{"execute":"guest-ping"}')
    return true
  })
}

/** Null: no agent, no such file, or the agent does not give it. */
export function agentFile(pool: LibvirtPool, dom: DomainRef, path: string): Promise<string | null> {
  return orWhenRefused(null, async () => {
    const bytes = await readGuestFile((command) => ask(pool, dom, command), path)
    return bytes.toString('utf8')
  })
}

async function ask(pool: LibvirtPool, dom: DomainRef, cmd: string): Promise<string | null> {
  const args = { dom, cmd, timeout: AGENT_TIMEOUT_S, flags: 0 }
  return (await pool.call('qemuAgentCommand', args, { timeoutMs: CALL_TIMEOUT_MS })).result
}
