import assert from 'node:assert/strict'
import { join } from 'node:path'
import { daemonCommand } from '../../bench/build.ts'
import { etcdProgram } from '../../lab/cache.ts'
import type { LabHost } from '../../lab/host.ts'
import type { Lab } from '../../lab/lab.ts'
import type { Ran } from '../../lab/run.ts'
import { LabVigiad } from '../../lab/vigiad.ts'

/** Hosts of a lab whose store is one that Vigia looks after: etcd is the lab's. */
const env = { ...process.env, VIGIA_ETCD: etcdProgram() }

/** By the name of their host; none is started yet. */
export function ownStoreDaemons(lab: Lab): Map<string, LabVigiad> {
  const program = daemonCommand().at(-1)!
  const args = ['--watchdog-device', '/nowhere']
  return new Map(lab.hosts.map((host) => [host.name, new LabVigiad(host, { program, args, env })]))
}

/** `vigia WORDS…` on that host. */
export function vigia(host: LabHost, words: readonly string[]): Promise<Ran> {
  const program = join(import.meta.dirname, '../../src/bin/vigia.ts')
  const all = { ...env, VIGIA_STATE_DIR: host.stateFolder, VIGIA_HOST: host.name }
  return host.run(process.execPath, [program, ...words], { env: all, timeoutMs: 180_000 })
}

/** The same, which must end well. What it wrote. */
export async function must(host: LabHost, words: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await vigia(host, words)
  assert.equal(status, 0, `vigia ${words.join(' ')} on ${host.name}: ${stderr}${stdout}`)
  return stdout
}
