import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { eventually } from '../../../lab/run.ts'
import { EtcdAdmin } from '../../../src/drivers/etcd-server/admin.ts'
import { measureDisk } from '../../../src/drivers/etcd-server/measure-disk.ts'
import { clientUrl, dataFolder } from '../../../src/drivers/etcd-server/settings.ts'
import { latencyVerdict } from '../../../src/drivers/etcd-server/timing.ts'
import { removeMember, settleVotes, storeHealth } from '../../../src/drivers/etcd-server/votes.ts'
import { refused } from '../ca/parts.ts'
import { cutOff, hostsOf, put, skip, storeOf, type TestHost } from './store-of-hosts.ts'

const limits = { skip, timeout: 390_000 }

async function joined(first: TestHost, host: TestHost, wanted: number): Promise<void> {
  await host.upkeep.join(first.admin)
  await settled(first, wanted)
}

/** Until every learner that may has its vote. */
async function settled(first: TestHost, wanted: number) {
  for (let tries = 0; tries < 900; tries++) {
    const verdict = await settleVotes(first.admin, first.tls, wanted)
    if (verdict === null || verdict.kind === 'refused') return verdict
    await delay(100)
  }
  return assert.fail('no vote')
}

async function three(t: TestContext, names = ['alfa', 'beta', 'gamma']) {
  const [alfa, beta, gamma, ...more] = await hostsOf(t, names)
  assert.ok(alfa && beta && gamma)
  await alfa.upkeep.found('test')
  await joined(alfa, beta, 3)
  await joined(alfa, gamma, 3)
  return { alfa, beta, gamma, more }
}

/** One of those who are left leads: the one that was killed may have led, and a question without a leader is answered late or not at all. */
async function led({ admin }: TestHost): Promise<void> {
  await eventually('somebody leads', 60_000, async () => {
    await admin.members()
    return (await admin.status()).leaderId !== '0'
  })
}

async function votes(host: TestHost): Promise<string> {
  const members = [...(await host.admin.members())].sort((a, b) => (a.name < b.name ? -1 : 1))
  return members.map(({ name, learner }) => `${name}${learner ? '?' : ''}`).join(' ')
}

test('three hosts make a store one after the other, over certificates of their own authority', limits, async (t) => {
  const [alfa, beta, gamma] = await hostsOf(t, ['alfa', 'beta', 'gamma'])
  assert.ok(alfa && beta && gamma)
  await alfa.upkeep.found('test')
  assert.deepEqual(await storeOf(t, alfa).transact(put('a')), { done: true, revision: 3 })
  await joined(alfa, beta, 2)
  // Two hosts: the second's copy has no vote.
  assert.equal(await votes(alfa), 'alfa beta?')
  assert.deepEqual(await settled(alfa, 2), { kind: 'refused', why: 'two-without-witness' })
  await settled(alfa, 3)
  await joined(alfa, gamma, 3)
  assert.equal(await votes(alfa), 'alfa beta gamma')
  const health = await storeHealth(gamma.admin, gamma.tls)
  assert.ok(health.every(({ status }) => status !== null && status.leaderId !== '0' && !status.learner))
  await alfa.kill()
  assert.ok((await storeOf(t, beta, gamma).transact(put('b'))).done)
  await alfa.upkeep.start()
  await alfa.upkeep.untilAnswers()
  assert.equal((await storeOf(t, alfa).read('')).entries.length, 2)
})

test('without a certificate of this cluster the store answers nothing', limits, async (t) => {
  const [alfa] = await hostsOf(t, ['alfa'])
  const [stranger] = await hostsOf(t, ['alfa'])
  assert.ok(alfa && stranger)
  await alfa.upkeep.found('test')
  for (const tls of [stranger.tls, () => ({ ca: alfa.tls().ca })]) {
    const admin = new EtcdAdmin([clientUrl(alfa.place)], tls)
    await assert.rejects(admin.status(), refused('store-lost'))
    admin.close()
  }
})

test('a lost host is replaced by a new one, and may come back under its name', limits, async (t) => {
  const { alfa, beta, gamma, more } = await three(t, ['alfa', 'beta', 'gamma', 'delta'])
  const [delta] = more
  assert.ok(delta)
  const store = storeOf(t, alfa, beta)
  await store.transact(put('before'))
  await gamma.kill()
  await led(alfa)
  // Nobody comes in its place: two votes would be left.
  await assert.rejects(removeMember(alfa.admin, alfa.tls, 'gamma', false), refused('no-quorum', 'two-without-witness'))
  await removeMember(alfa.admin, alfa.tls, 'gamma', true)
  await removeMember(alfa.admin, alfa.tls, 'gamma', true)
  await joined(alfa, delta, 3)
  assert.equal(await votes(alfa), 'alfa beta delta')
  // With one of three gone, no other may be taken out.
  await beta.kill()
  await led(alfa)
  await assert.rejects(removeMember(alfa.admin, alfa.tls, 'delta', true), refused('no-quorum', 'majority-lost'))
  await removeMember(alfa.admin, alfa.tls, 'beta', true)
  await gamma.upkeep.forget()
  await joined(alfa, gamma, 3)
  assert.equal(await votes(alfa), 'alfa delta gamma')
  assert.equal((await storeOf(t, gamma).read('')).entries[0]?.value, '"before"')
})

test('founding that was cut off at any moment is founded once', limits, async (t) => {
  const hosts = await hostsOf(t, ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'])
  for (const [number, host] of hosts.entries()) {
    await cutOff(host, { kind: 'found' }, number * 60)
    // Every second time its etcd dies with the daemon.
    if (number % 2 === 0) await host.kill()
    t.diagnostic(
      `cut ${number}: ${host.upkeep.phase}, etcd ${(await host.process.running()) ? 'runs' : 'does not run'}`,
    )
    await host.upkeep.found('test')
    assert.equal(host.upkeep.phase, 'member')
    assert.ok((await storeOf(t, host).transact(put('a'))).done)
    const before = (await host.admin.status()).clusterId
    await host.upkeep.found('test')
    assert.equal((await host.admin.status()).clusterId, before)
    // None that the killed daemon had started just then comes late.
    assert.equal(processesOf(host).length, 1)
    await host.kill()
    assert.deepEqual(processesOf(host), [])
  }
})

/** All that have these data, whether their number is written anywhere or not. */
function processesOf({ place }: TestHost): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8')
        .split('\0')
        .includes(`ETCD_DATA_DIR=${dataFolder(place)}`)
    } catch {
      return false
    }
  })
}

test('an etcd that ends at once is told of soon, and founded once nothing is in its way', limits, async (t) => {
  const [alfa] = await hostsOf(t, ['alfa'])
  assert.ok(alfa)
  const inTheWay = createServer().listen(alfa.place.peerPort, '127.0.0.1')
  await once(inTheWay, 'listening')
  const began = performance.now()
  await assert.rejects(alfa.upkeep.found('test'), refused('refused', 'ended'))
  assert.ok(performance.now() - began < 60_000)
  inTheWay.close()
  await once(inTheWay, 'close')
  await alfa.upkeep.found('test')
  assert.equal(alfa.upkeep.phase, 'member')
})

test('joining that was cut off at any moment ends with one entry and its vote', limits, async (t) => {
  const { alfa, more } = await three(t, ['alfa', 'beta', 'gamma', 'd', 'e', 'f', 'g'])
  let wanted = 3
  for (const [number, host] of more.entries()) {
    wanted++
    await cutOff(host, { kind: 'join', by: clientUrl(alfa.place) }, number * 80)
    if (number % 2 === 0) await host.kill()
    t.diagnostic(`cut ${number}: ${host.upkeep.phase}, ${await votes(alfa)}`)
    await host.upkeep.join(alfa.admin)
    const members = await alfa.admin.members()
    assert.equal(members.filter(({ name }) => name === host.place.name).length, 1)
    assert.equal(members.length, wanted)
    const verdict = await settled(alfa, wanted)
    // Four, and six, are not refused: they are only no better than three, and five.
    assert.equal(verdict, null)
  }
  assert.equal(await votes(alfa), 'alfa beta d e f g gamma')
})

test('a member whose data are gone does not found a second, empty store', limits, async (t) => {
  const { alfa, beta } = await three(t)
  await beta.kill()
  await beta.upkeep.putAside('lost')
  await assert.rejects(beta.upkeep.start(), refused('refused', 'gone'))
  // As the unit would do at boot, which does not ask.
  const environment = readFileSync(join(beta.place.folder, 'etcd.env'), 'utf8')
  assert.match(environment, /ETCD_INITIAL_CLUSTER_STATE="existing"/)
  assert.equal(statSync(join(beta.place.folder, 'etcd.env')).mode & 0o777, 0o600)
  await beta.process.start(variablesIn(environment))
  await delay(3_000)
  await assert.rejects(beta.admin.status(), refused('store-lost'))
  await beta.kill()
  await led(alfa)
  await removeMember(alfa.admin, alfa.tls, 'beta', true)
  await beta.upkeep.forget()
  await joined(alfa, beta, 3)
  assert.equal(await votes(alfa), 'alfa beta gamma')
})

function variablesIn(file: string): Record<string, string> {
  return Object.fromEntries([...file.matchAll(/^(\w+)="(.*)"$/gm)].map(([, name, value]) => [name ?? '', value ?? '']))
}

test('the daemon goes and comes back: etcd goes on, and is found again', limits, async (t) => {
  const [alfa] = await hostsOf(t, ['alfa'])
  assert.ok(alfa)
  await alfa.upkeep.found('test')
  const before = readFileSync(join(alfa.place.folder, 'etcd.pid'), 'utf8')
  await alfa.upkeep.start()
  assert.equal(readFileSync(join(alfa.place.folder, 'etcd.pid'), 'utf8'), before)
  await alfa.upkeep.stop()
  assert.equal(await alfa.process.running(), false)
  await alfa.upkeep.start()
  await alfa.upkeep.untilAnswers()
})

test('the disk of this machine is measured, and judged against the lease', limits, async (t) => {
  const [alfa] = await hostsOf(t, ['alfa'])
  assert.ok(alfa)
  await alfa.upkeep.found('test')
  const disk = await measureDisk(alfa.place.folder)
  const verdict = latencyVerdict(
    { fsyncMs: disk.p99Ms, roundTripMs: 1 },
    { leaseMs: 10_000, gapMs: 1_750, feedMs: 3_500 },
  )
  t.diagnostic(JSON.stringify({ ...disk, ...verdict }))
  assert.ok(disk.writes > 0 && disk.medianMs > 0 && disk.p99Ms >= disk.medianMs)
})
