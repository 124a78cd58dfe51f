import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join as joinPath } from 'node:path'
import { type TestContext, test } from 'node:test'
import { makeKey } from '../../../src/drivers/ca/certificate-maker.ts'
import {
  type AuthorityPair,
  type Identity,
  publicKeyOf,
  readCertificate,
} from '../../../src/drivers/ca/certificates.ts'
import { Enrolment } from '../../../src/drivers/ca/enrolment.ts'
import { IdentityFolder } from '../../../src/drivers/ca/identity-folder.ts'
import { formatToken, parseToken } from '../../../src/drivers/ca/join-token.ts'
import { renewalVerdict } from '../../../src/drivers/ca/renewal.ts'
import { enrolmentRoutes, join, renewRemotely } from '../../../src/drivers/peers/joining.ts'
import { hostId, wallTime } from '../../../src/model/ids.ts'
import { silentLog } from '../../../src/ports/log.ts'
import { FakeStore } from '../../../src/sim/fakes/fake-store.ts'
import { beta, question, says } from '../../conformance/peers.ts'
import { SteppingClock } from '../../sim/fakes/stepping-clock.ts'
import { day, folderOf, memberOf, refused } from '../ca/parts.ts'
import { directory, local, middle, openPeers, wall } from './parts.ts'

/** A cluster of one, founded in a folder, that others can join. */
async function founded(t: TestContext) {
  const folder = new IdentityFolder(folderOf(t))
  const names = { member: hostId('alfa'), addresses: ['127.0.0.1'] }
  const identity = await folder.found('test', names, wall())
  const key = readFileSync(joinPath(folder.path, 'authority.key'), 'utf8')
  const authority: AuthorityPair = { certificate: identity.authority, key }
  const store = new FakeStore(new SteppingClock())
  const enrolment = new Enrolment(store.connect(), authority, { wall }, silentLog)
  await enrolment.admitFounder(names, publicKeyOf(identity.key))
  const peers = await openPeers(identity, directory(), {
    routes: enrolmentRoutes(
      () => identity.authority,
      () => enrolment,
    ),
  })
  t.after(() => peers.close())
  const token = (...more: string[]) =>
    enrolment.issueToken({ role: 'host', addresses: [...more, `127.0.0.1:${peers.port}`], replaces: null })
  return { identity, authority, enrolment, peers, token }
}

test('a host joins with a token, and is answered by those who were there', async (t) => {
  const { peers, identity, token } = await founded(t)
  const folder = new IdentityFolder(folderOf(t))
  const wish = {
    token: await token('127.0.0.1:1'),
    member: beta,
    addresses: ['192.0.2.2', 'beta.example.net'],
    key: await folder.keyForJoining(),
  }
  // Its answer was lost, or the host died before it was kept.
  await join(wish, wall())
  const own = await folder.joined(await join(wish, wall()))
  assert.equal((await folder.load()).kind, 'member')
  const of = directory()
  of.addresses.set(identity.member, [local(peers.port)])
  const mine = await openPeers(own, of)
  t.after(() => mine.close())
  peers.serve(says(identity.member))
  assert.equal((await mine.ask(identity.member, question('n1', beta), 5_000)).statement, 'renews')
})

test('whoever stands in between learns nothing of the token', async (t) => {
  const { token } = await founded(t)
  const enemy = await founded(t)
  let asked = 0
  const seen = await openPeers(enemy.identity, directory(), {
    routes: new Map([
      ...enrolmentRoutes(
        () => enemy.identity.authority,
        () => enemy.enrolment,
      ),
      ['/peers/v1/join', { maxBytes: 10_000, answer: () => String(asked++) }],
    ]),
  })
  t.after(() => seen.close())
  const good = parseToken(await token())
  const diverted = formatToken({ ...good, addresses: [`127.0.0.1:${seen.port}`] })
  const wish = { token: diverted, member: beta, addresses: [], key: await makeKey() }
  await assert.rejects(join(wish, wall()), refused('certificate-refused', 'not of this cluster'))
  assert.equal(asked, 0)
})

test('the right authority shown by one who does not hold a certificate of it: the secret is not sent', async (t) => {
  const { token, identity } = await founded(t)
  const enemy = await founded(t)
  let asked = 0
  const seen = await openPeers(enemy.identity, directory(), {
    routes: new Map([
      ...enrolmentRoutes(
        () => identity.authority,
        () => null,
      ),
      ['/peers/v1/join', { maxBytes: 10_000, answer: () => String(asked++) }],
    ]),
  })
  t.after(() => seen.close())
  const diverted = formatToken({ ...parseToken(await token()), addresses: [`127.0.0.1:${seen.port}`] })
  const wish = { token: diverted, member: beta, addresses: [], key: await makeKey() }
  await assert.rejects(join(wish, wall()), refused('certificate-refused'))
  assert.equal(asked, 0)
})

test('a refusal reaches who asked as it was said; nobody there is a member lost', async (t) => {
  const { token } = await founded(t)
  const spent = await token()
  const wish = async (name: string, text = spent) => ({
    token: text,
    member: hostId(name),
    addresses: [],
    key: await makeKey(),
  })
  await join(await wish('beta'), wall())
  await assert.rejects(join(await wish('gamma'), wall()), refused('token-refused', 'used already'))
  await assert.rejects(join(await wish('alfa', await token()), wall()), refused('refused', 'name-taken'))
  const nowhere = formatToken({ ...parseToken(spent), addresses: ['127.0.0.1:1'] })
  await assert.rejects(join(await wish('gamma', nowhere), wall()), refused('peer-lost'))
  const strange = { ...(await wish('delta', await token())), addresses: ['not an address'] }
  await assert.rejects(join(strange, wall()), refused('certificate-refused'))
})

test('a witness that was off for a year renews by its key; one that is not known does not', async (t) => {
  const { authority, enrolment, peers } = await founded(t)
  const places = [`127.0.0.1:${peers.port}`]
  const old: Identity = await memberOf(authority, 'tie', wallTime(Date.now() - 365 * day))
  await assert.rejects(renewRemotely(old, places, wall()), refused('certificate-refused'))
  await enrolment.admitFounder({ member: old.member, addresses: [] }, publicKeyOf(old.key))
  const renewed = await renewRemotely(old, places, wall())
  assert.equal(renewalVerdict(readCertificate(renewed), wall()).kind, 'good')
})

test('a member that hangs is passed over for the next one that the token names', { timeout: 120_000 }, async (t) => {
  const { token } = await founded(t)
  const hole = await middle(0)
  t.after(() => hole.close())
  const text = await token(`127.0.0.1:${hole.port}`)
  await join({ token: text, member: beta, addresses: [], key: await makeKey() }, wall())
})
