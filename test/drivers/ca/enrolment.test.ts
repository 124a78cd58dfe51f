import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { makeKey, makeRequest } from '../../../src/drivers/ca/certificate-maker.ts'
import { type AuthorityPair, keyHash, publicKeyOf, readShown } from '../../../src/drivers/ca/certificates.ts'
import { Enrolment, type JoinRequest, tokenLifeMs } from '../../../src/drivers/ca/enrolment.ts'
import { formatToken, newToken, parseToken } from '../../../src/drivers/ca/join-token.ts'
import { type HostId, hostId, type WallTime, wallTime } from '../../../src/model/ids.ts'
import { silentLog } from '../../../src/ports/log.ts'
import { FakeStore } from '../../../src/sim/fakes/fake-store.ts'
import { SteppingClock } from '../../sim/fakes/stepping-clock.ts'
import { day, newAuthority, now, refused } from './parts.ts'

const addresses = ['192.0.2.1:7443', '[2001:db8::1]:7443']
const host = { role: 'host', addresses, replaces: null } as const

interface Office {
  readonly authority: AuthorityPair
  readonly store: FakeStore
  readonly enrolment: Enrolment
  readonly warnings: string[]
  at: WallTime
}

async function office(): Promise<Office> {
  const authority = await newAuthority()
  const store = new FakeStore(new SteppingClock())
  const warnings: string[] = []
  const made: Office = {
    authority,
    store,
    warnings,
    at: now,
    enrolment: new Enrolment(
      store.connect(),
      authority,
      { wall: () => made.at },
      {
        ...silentLog,
        warn: (message) => warnings.push(message),
      },
    ),
  }
  return made
}

async function applicant(token: string, name: string, key?: string): Promise<JoinRequest & { readonly key: string }> {
  const own = key ?? (await makeKey())
  return { token, member: hostId(name), addresses: ['192.0.2.9'], request: await makeRequest(own), key: own }
}

test('a token admits one host, once; the same host may ask again because its answer may be lost', async () => {
  const { enrolment, authority } = await office()
  const token = await enrolment.issueToken(host)
  const wish = await applicant(token, 'beta')
  const admission = await enrolment.join(wish)
  assert.equal(admission.authorityKey, authority.key)
  const shown = readShown(new X509Certificate(admission.certificate), new X509Certificate(authority.certificate), now)
  assert.deepEqual(shown, { member: 'beta', keyHash: keyHash(publicKeyOf(wish.key)), validity: 'valid' })
  await enrolment.join(wish)
  await assert.rejects(enrolment.join(await applicant(token, 'beta')), refused('token-refused', 'used already'))
  await assert.rejects(
    enrolment.join(await applicant(token, 'gamma', wish.key)),
    refused('token-refused', 'used already'),
  )
})

test('two hosts that use one token at once: one is admitted', async () => {
  const { enrolment } = await office()
  const token = await enrolment.issueToken(host)
  const wishes = await Promise.all(['beta', 'gamma', 'delta'].map((name) => applicant(token, name)))
  const ends = await Promise.allSettled(wishes.map((wish) => enrolment.join(wish)))
  assert.equal(ends.filter(({ status }) => status === 'fulfilled').length, 1)
})

test('an expired token, an unknown one, a wrong secret, one of another cluster', async () => {
  const here = await office()
  const token = await here.enrolment.issueToken(host)
  const forged = formatToken({ ...parseToken(token), secret: newToken('', []).secret })
  await assert.rejects(here.enrolment.join(await applicant(forged, 'beta')), refused('token-refused', 'unknown'))
  const { fingerprint } = parseToken(token)
  const invented = formatToken(newToken(fingerprint, addresses))
  await assert.rejects(here.enrolment.join(await applicant(invented, 'beta')), refused('token-refused', 'unknown'))
  const abroad = await (await office()).enrolment.issueToken(host)
  await assert.rejects(here.enrolment.join(await applicant(abroad, 'beta')), refused('token-refused', 'another'))
  here.at = wallTime(now + tokenLifeMs + 1)
  await assert.rejects(here.enrolment.join(await applicant(token, 'beta')), refused('token-refused', 'expired'))
})

test('the store has no secret in it, and forgets expired tokens when the next is made', async () => {
  const here = await office()
  const { secret, id } = parseToken(await here.enrolment.issueToken(host))
  assert.ok(!JSON.stringify(here.store.snapshot('')).includes(secret))
  here.at = wallTime(now + 2 * tokenLifeMs)
  await here.enrolment.issueToken(host)
  const keys = here.store.snapshot('token/').entries.map(({ key }) => key)
  assert.equal(keys.length, 1)
  assert.notEqual(keys[0], `token/${id}`)
})

test('a name that a member has is given to no other key, unless the token was made to replace that member', async () => {
  const { enrolment } = await office()
  await enrolment.join(await applicant(await enrolment.issueToken(host), 'beta'))
  await assert.rejects(
    enrolment.join(await applicant(await enrolment.issueToken(host), 'beta')),
    refused('refused', 'name-taken'),
  )
  const replacing = await enrolment.issueToken({ ...host, replaces: hostId('beta') })
  await enrolment.join(await applicant(replacing, 'beta'))
  await assert.rejects(
    enrolment.admitFounder({ member: hostId('beta'), addresses: [] }, publicKeyOf(await makeKey())),
    refused('refused', 'name-taken'),
  )
})

test('a witness is not given the key of the authority', async () => {
  const { enrolment } = await office()
  const token = await enrolment.issueToken({ ...host, role: 'witness' })
  assert.equal((await enrolment.join(await applicant(token, 'tie'))).authorityKey, null)
})

test('a member is renewed by its key, in date or long after; not with another key, and not after it has left', async () => {
  const here = await office()
  const { enrolment, authority } = here
  const wish = await applicant(await enrolment.issueToken(host), 'beta')
  const { certificate } = await enrolment.join(wish)
  const ca = new X509Certificate(authority.certificate)
  const shownAt = (at: WallTime, pem = certificate) => readShown(new X509Certificate(pem), ca, at)
  await enrolment.renew(shownAt(now), wish.request)
  assert.deepEqual(here.warnings, [])
  here.at = wallTime(now + 400 * day)
  const renewed = await enrolment.renew(shownAt(here.at), wish.request)
  assert.equal(shownAt(here.at, renewed).validity, 'valid')
  assert.equal(here.warnings.length, 1)
  const foreign = await makeRequest(await makeKey())
  await assert.rejects(enrolment.renew(shownAt(here.at), foreign), refused('certificate-refused'))
  const asAnother = { ...shownAt(here.at), member: 'gamma' as HostId }
  await assert.rejects(enrolment.renew(asAnother, wish.request), refused('certificate-refused'))
  await enrolment.dismiss(hostId('beta'))
  await assert.rejects(enrolment.renew(shownAt(here.at), wish.request), refused('certificate-refused'))
  here.at = now
  await assert.rejects(enrolment.join(wish), refused('token-refused', 'used already'))
})

test('a token that lost or changed any one character is told apart before it is sent; any text is refused', () => {
  const token = formatToken(newToken('f'.repeat(43), addresses))
  assert.deepEqual(parseToken(` ${token}\n`).addresses, addresses)
  for (let place = 0; place < token.length; place++) {
    const cut = token.slice(0, place) + token.slice(place + 1)
    const other = token[place] === 'A' ? 'B' : 'A'
    const mistyped = token.slice(0, place) + other + token.slice(place + 1)
    assert.throws(() => parseToken(cut), refused('token-refused'), `cut at ${place}`)
    assert.throws(() => parseToken(mistyped), refused('token-refused'), `mistyped at ${place}`)
  }
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string().map((text) => `vigia1.${text}`),
      ),
      (text) => {
        assert.throws(() => parseToken(text), refused('token-refused'))
      },
    ),
  )
})
