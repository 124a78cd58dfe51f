import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Identity } from '../../../src/drivers/ca/certificates.ts'
import { askOnce } from '../../../src/drivers/peers/ask-once.ts'
import { beta, says } from '../../conformance/peers.ts'
import { directory, local, members, openPeers, wall } from './parts.ts'

test('a command hears what a member says of itself; one of another cluster, or away, says nothing', async (t) => {
  const [one, other] = (await members('alfa', 'beta')).members as [Identity, Identity]
  const [stranger] = (await members('alfa')).members as [Identity]
  const peers = await openPeers(other, directory())
  t.after(() => peers.close())
  assert.equal(await askOnce(one, local(peers.port), wall()), null, 'its daemon is not ready')
  peers.serve(says(beta))
  assert.equal(await askOnce(one, local(peers.port), wall()), 'renews')
  assert.equal(await askOnce(stranger, local(peers.port), wall()), null)
  assert.equal(await askOnce(one, local(1), wall()), null)
})
