import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultHostMeans, defaultSettings } from '../../src/model/cluster.ts'
import { readStoredCluster } from '../../src/model/stored-cluster.ts'

test('what an earlier version stored has the settings and the means of hosts that it did not know as usual', () => {
  const host = { id: 'h1', memoryMib: 512, cpus: 2, reservedMib: 0, overcommit: 1 }
  const settings = { survive: 1, leaseMs: 20_000 }
  const spec = { version: 1, name: 'office', hosts: [host], guests: [], rules: [], settings }
  const stored = readStoredCluster(JSON.stringify({ spec, appliedBy: 'ana', appliedAt: 1 }))
  assert.deepEqual(stored.spec.hosts, [{ ...host, ...defaultHostMeans }])
  assert.deepEqual(stored.spec.settings, { ...defaultSettings, ...settings })
  assert.equal(stored.appliedBy, 'ana')
})
