import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { keyOfRequest, makeKey, makeRequest, signMember } from '../../../src/drivers/ca/certificate-maker.ts'
import { acceptShown, keyHash, publicKeyOf, readShown } from '../../../src/drivers/ca/certificates.ts'
import { renewalVerdict } from '../../../src/drivers/ca/renewal.ts'
import { hostId, wallTime } from '../../../src/model/ids.ts'
import { day, folderOf, memberOf, newAuthority, now, refused } from './parts.ts'

const later = (days: number) => wallTime(now + days * day)

test('a member is who the authority says, by its name and addresses, for clients and servers', async () => {
  const authority = await newAuthority()
  const { certificate, key } = await memberOf(authority, 'Alfa_1.x')
  const read = new X509Certificate(certificate)
  const shown = readShown(read, new X509Certificate(authority.certificate), now)
  assert.deepEqual(shown, { member: 'Alfa_1.x', keyHash: keyHash(publicKeyOf(key)), validity: 'valid' })
  for (const address of ['192.0.2.1', '127.0.0.1', '::1']) assert.ok(read.checkIP(address), address)
  assert.ok(read.checkHost('alfa.example.net'))
  assert.equal(read.checkIP('192.0.2.2'), undefined)
})

test('openssl takes the chain, for both uses', { skip: !existsSync('/usr/bin/openssl') }, async (t) => {
  const folder = folderOf(t)
  const authority = await newAuthority('a, b=c')
  const { certificate } = await memberOf(authority, 'alfa')
  const [ca, crt] = [join(folder, 'ca.crt'), join(folder, 'crt')]
  writeFileSync(ca, authority.certificate)
  writeFileSync(crt, certificate)
  const at = String(Math.floor(now / 1_000))
  for (const purpose of ['sslserver', 'sslclient']) {
    const args = ['verify', '-x509_strict', '-attime', at, '-purpose', purpose, '-CAfile', ca, crt]
    assert.match(execFileSync('openssl', args).toString(), /OK/)
  }
})

test('another authority of the same name, a member as an authority, and the authority as a member are refused', async () => {
  const [ours, theirs] = [await newAuthority(), await newAuthority()]
  const authority = new X509Certificate(ours.certificate)
  const stranger = new X509Certificate((await memberOf(theirs, 'alfa')).certificate)
  assert.throws(() => readShown(stranger, authority, now), refused('certificate-refused', 'not of this cluster'))
  const member = await memberOf(ours, 'alfa')
  const below = await memberOf({ certificate: member.certificate, key: member.key }, 'beta')
  const chained = new X509Certificate(below.certificate)
  assert.throws(() => readShown(chained, authority, now), refused('certificate-refused'))
  assert.throws(() => readShown(chained, new X509Certificate(member.certificate), now), refused('certificate-refused'))
  assert.throws(() => readShown(authority, authority, now), refused('certificate-refused'))
})

test('out of its dates a certificate is taken only with a key that is recorded; a foreign key never', async () => {
  const authority = await newAuthority()
  const read = new X509Certificate((await memberOf(authority, 'alfa')).certificate)
  const ca = new X509Certificate(authority.certificate)
  const table = [
    [0, 'unseen', 'alfa'],
    [0, 'known', 'alfa'],
    [0, 'foreign', null],
    [31, 'unseen', null],
    [31, 'known', 'alfa'],
    [31, 'foreign', null],
    [-9_000, 'unseen', null],
    [-9_000, 'known', 'alfa'],
  ] as const
  for (const [days, standing, member] of table) {
    const shown = readShown(read, ca, later(days))
    if (member !== null) assert.equal(acceptShown(shown, standing), member)
    else assert.throws(() => acceptShown(shown, standing), refused('certificate-refused'), `${days} ${standing}`)
  }
})

test('a certificate is renewed from half its life on, and late from two thirds', async () => {
  const read = new X509Certificate((await memberOf(await newAuthority(), 'alfa')).certificate)
  const kinds = [0, 14, 16, 19, 20, 29, 31, -3].map((days) => {
    const verdict = renewalVerdict(read, later(days))
    return verdict.kind === 'due' && verdict.late ? 'late' : verdict.kind
  })
  // The day before it was made counts as a day of its life.
  assert.deepEqual(kinds, ['good', 'good', 'due', 'due', 'late', 'late', 'expired', 'not-yet'])
})

test('a request carries its own key; one that was tampered with, or is none, is refused', async () => {
  const key = await makeKey()
  const request = await makeRequest(key)
  assert.equal(keyHash(await keyOfRequest(request)), keyHash(publicKeyOf(key)))
  const body = request.split('\n')
  const bytes = Buffer.from(body.slice(1, -1).join(''), 'base64')
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
  const forged = `-----BEGIN CERTIFICATE REQUEST-----\n${bytes.toString('base64')}\n-----END CERTIFICATE REQUEST-----`
  await assert.rejects(keyOfRequest(forged), refused('certificate-refused'))
  await assert.rejects(keyOfRequest('x'.repeat(10_000)), refused('certificate-refused'))
})

test('any text at all as a request is refused, never more than that', async () => {
  const texts = fc.oneof(
    fc.string(),
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('base64')),
  )
  await fc.assert(
    fc.asyncProperty(texts, async (text) => {
      await assert.rejects(keyOfRequest(text), refused('certificate-refused'))
    }),
    { numRuns: 200 },
  )
})

test('an authority near its end gives no longer life than its own, and none after it', async () => {
  const authority = await newAuthority()
  const publicKey = publicKeyOf(await makeKey())
  const names = { member: hostId('alfa'), addresses: [] }
  const end = new X509Certificate(authority.certificate).validToDate.getTime()
  const last = await signMember(authority, publicKey, names, wallTime(end - day))
  assert.equal(new X509Certificate(last).validToDate.getTime(), end)
  await assert.rejects(signMember(authority, publicKey, names, wallTime(end + 1)), refused('certificate-refused'))
})
