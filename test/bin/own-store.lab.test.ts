import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { OwnStore } from '../../src/bin/own-store.ts'
import { IdentityFolder } from '../../src/drivers/ca/identity-folder.ts'
import { urlOf } from '../../src/drivers/etcd-server/settings.ts'
import { hostsOf, program, skip, type TestHost } from '../drivers/etcd-server/store-of-hosts.ts'

/** Of a test whose etcd has to connect for five seconds before it takes a member more. */
const limits = { skip, timeout: 380_000 }

/** Well below the time after which a daemon looks for copies that may have a vote. */
const soonMs = 20_000

async function ownStoreOf({ place }: TestHost): Promise<OwnStore> {
  const stateDirectory = join(place.folder, '..')
  const state = await new IdentityFolder(join(stateDirectory, 'ca')).load()
  assert.ok(state.kind === 'member')
  const { clientPort, peerPort } = place
  const record = { id: place.name, kind: 'host', addresses: ['127.0.0.1:7443'] } as const
  return new OwnStore({
    ...{ stateDirectory, record, ports: { clientPort, peerPort } },
    ...{ identity: () => state.identity, program },
  })
}

test('the third host gives the second its vote before it comes: it waits for no daemon', limits, async (t) => {
  const hosts = await hostsOf(t, ['alfa', 'beta', 'gamma'])
  const [alfa, beta, gamma] = await Promise.all(hosts.map(ownStoreOf))
  assert.ok(alfa && beta && gamma)
  const endpoints = hosts.slice(0, 2).map(({ place }) => urlOf('127.0.0.1', place.clientPort))
  await alfa.found()
  await beta.join(endpoints.slice(0, 1), 2)
  // Two votes would stop with either of them.
  assert.deepEqual(await votes(hosts[0]!), ['alfa', 'beta, without a vote'])
  const began = performance.now()
  await gamma.join(endpoints, 3)
  assert.ok(performance.now() - began < soonMs, `${performance.now() - began} ms`)
  assert.deepEqual(await votes(hosts[0]!), ['alfa', 'beta', 'gamma'])
})

async function votes({ admin }: TestHost): Promise<string[]> {
  return (await admin.members()).map(({ name, learner }) => (learner ? `${name}, without a vote` : name)).sort()
}
