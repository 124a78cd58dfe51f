import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { type PrivateEtcd, startPrivateEtcd, whyNoPrivateEtcd } from '../../../lab/private-etcd.ts'
import { totpCode } from '../../../src/api/access/totp.ts'
import { paths } from '../../../src/contract/protocol.ts'
import { EtcdStore } from '../../../src/drivers/etcd/store.ts'
import { launchedDaemon } from '../fake-daemon.ts'
import { codeOf, goodPassword, type Stage, stage } from './people.ts'

const skip = whyNoPrivateEtcd() ?? false

/** The API of one of several hosts, on the real store that all of them share. */
async function host(t: TestContext, etcd: PrivateEtcd, client: string): Promise<Stage> {
  const daemon = launchedDaemon()
  const store = new EtcdStore({ cluster: 'access', client, endpoints: etcd.endpoints })
  daemon.realStore = store
  const made = await stage(t, daemon)
  t.after(() => store.close())
  return made
}

/** Within a moment, for what one host tells the other through the store. */
async function soon(what: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 60; turn++) {
    if (await what()) return
    await delay(50)
  }
  assert.fail('not within three seconds')
}

test('who is in at one host is in at all of them, and out of all of them; a code is good at one only', {
  skip,
}, async (t) => {
  const etcd = await startPrivateEtcd()
  t.after(() => etcd.stop())
  const [one, other] = [await host(t, etcd, 'node1'), await host(t, etcd, 'node2')]
  await one.account('ana')
  const { secret } = (await one.local('PATCH', paths.user('ana'), { totp: 'new' })).body.totp
  const step = Math.floor(Date.now() / 30_000)
  await one.local('PATCH', paths.user('ana'), { code: totpCode(secret, step - 1) })
  await other.local('GET', paths.users)
  const code = totpCode(secret, step + 1)
  const body = { name: 'ana', password: goodPassword, code }
  const signIns = await Promise.all([one, other].map(({ net }) => net.ask(paths.session, { method: 'POST', body })))
  assert.deepEqual(signIns.map(codeOf).sort(), ['HTTP 200', 'sign-in-refused'])

  const admin = (await one.local('POST', paths.tokens, { name: 'x', role: 'administrator' })).body
  const headers = { authorization: `Bearer ${admin.secret}` }
  await soon(async () => (await other.net.ask(paths.users, { headers })).status === 200)
  const link = (await one.local('POST', paths.consoleLink)).body
  const used = () => other.net.ask(paths.sessionLink, { method: 'POST', body: { ticket: link.ticket } })
  await soon(async () => (await used()).status === 200)
  assert.equal(
    codeOf(await one.net.ask(paths.sessionLink, { method: 'POST', body: { ticket: link.ticket } })),
    'sign-in-refused',
  )
  await other.local('DELETE', paths.token(admin.token.id))
  await soon(async () => (await one.net.ask(paths.users, { headers })).status === 401)
})

test('etcd away: who is in stays in', { skip }, async (t) => {
  const etcd = await startPrivateEtcd()
  t.after(() => etcd.stop())
  const one = await host(t, etcd, 'node1')
  await one.account('ana')
  const ana = await one.signIn('ana')
  await etcd.members[0]!.kill()
  for (let turn = 0; turn < 5; turn++) {
    assert.equal((await ana.ask(paths.status)).status, 200)
    await delay(300)
  }
  await etcd.members[0]!.start()
  assert.equal((await ana.ask(paths.status)).status, 200)
})
