/**
 * Moves one running guest from this host to another as the daemon does, and prints what it took as JSON, milliseconds:
 * from the request until it runs there and is gone here. For bench/migration.ts.
 * usage: node scripts/move-guest.ts GUEST URI
 */
import { openLibvirt, usualSocketPaths } from '../src/drivers/libvirt/driver.ts'
import { hostId } from '../src/model/ids.ts'

const [name = '', uri = ''] = process.argv.slice(2)
const hypervisor = await openLibvirt({ socketPath: usualSocketPaths[0], uri: 'qemu:///system' })
try {
  // As the daemon does, once a connection.
  await hypervisor.list()
  const start = performance.now()
  const options = { bandwidthMib: null, tls: false, timeLimitMs: null, onTimeLimit: 'cancel' } as const
  await hypervisor.migrate(name, { host: hostId(uri), uri, dataUri: null }, options)
  process.stdout.write(`${JSON.stringify({ tookMs: performance.now() - start })}\n`)
} finally {
  await hypervisor.close()
}
