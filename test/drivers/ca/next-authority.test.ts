import assert from 'node:assert/strict'
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { signMember } from '../../../src/drivers/ca/certificate-maker.ts'
import {
  type AuthorityPair,
  publicKeyOf,
  readCertificate,
  readCertificates,
  readShown,
  signedBy,
} from '../../../src/drivers/ca/certificates.ts'
import { IdentityFolder } from '../../../src/drivers/ca/identity-folder.ts'
import { hostId } from '../../../src/model/ids.ts'
import { folderOf, newAuthority, now, refused } from './parts.ts'

const names = { member: hostId('alfa'), addresses: ['192.0.2.1'] }

async function identityIn(folder: IdentityFolder) {
  const state = await folder.load()
  assert.ok(state.kind === 'member', state.kind)
  return state
}

const sign = async (folder: IdentityFolder, next: AuthorityPair) =>
  signMember(next, publicKeyOf((await identityIn(folder)).identity.key), names, now)

/** The steps of a change, in order, each with the files that it writes or removes, in order. */
const steps: readonly (readonly [
  string,
  readonly string[],
  (folder: IdentityFolder, next: AuthorityPair) => Promise<unknown>,
])[] = [
  ['trust both', ['next.key', 'next.crt', 'authority.crt'], (folder, next) => folder.trustNext(next)],
  [
    'take the new',
    ['authority.key', 'member.crt', 'authority.crt'],
    async (folder, next) => folder.takeNext(await sign(folder, next)),
  ],
  ['drop the old', ['authority.crt', 'next.key', 'next.crt'], (folder) => folder.dropOld()],
]

async function founded(t: TestContext): Promise<IdentityFolder> {
  const folder = new IdentityFolder(join(folderOf(t), 'ca'))
  await folder.found('test', names, now)
  return folder
}

test('a change of the authority: both are trusted, then the new one signs, then the old one is nobody', async (t) => {
  const folder = await founded(t)
  const before = await identityIn(folder)
  const [old, next] = [readCertificate(before.identity.authority), await newAuthority()]
  const above = readCertificate(next.certificate)

  const both = await folder.trustNext(next)
  assert.deepEqual(
    readCertificates(both.authority).map((one) => one.raw),
    [old.raw, above.raw],
  )
  assert.equal(both.certificate, before.identity.certificate)
  assert.deepEqual((await identityIn(folder)).identity, both)
  assert.ok(signedBy(old, readCertificate((await folder.signer())!.certificate)), 'the old one signs others')

  const certificate = await sign(folder, next)
  const taken = await folder.takeNext(certificate)
  assert.equal(taken.certificate, certificate)
  assert.equal(taken.key, before.identity.key, 'a member keeps its key')
  assert.deepEqual((await folder.signer())?.key, next.key)

  const after = await folder.dropOld()
  assert.equal(after.authority, next.certificate)
  assert.deepEqual((await identityIn(folder)).identity, after)
  assert.equal(existsSync(join(folder.path, 'next.key')), false)
  assert.throws(
    () => readShown(readCertificate(before.identity.certificate), readCertificates(after.authority), now),
    refused('certificate-refused'),
  )
})

for (const [name, files, run] of steps) {
  test(`interrupted after any file of "${name}" it is a member all the same, and the step carries on`, async (t) => {
    const [folder, next] = [await founded(t), await newAuthority()]
    for (const [earlier, , perform] of steps) {
      if (earlier === name) break
      await perform(folder, next)
    }
    const done = new IdentityFolder(`${folder.path}-done`)
    cpSync(folder.path, done.path, { recursive: true })
    await run(done, next)
    for (let count = 0; count <= files.length; count++) {
      const half = new IdentityFolder(`${folder.path}-${count}`)
      cpSync(folder.path, half.path, { recursive: true })
      for (const file of files.slice(0, count)) {
        const whole = join(done.path, file)
        if (existsSync(whole)) cpSync(whole, join(half.path, file))
        else rmSync(join(half.path, file))
      }
      assert.notEqual((await half.load()).kind, 'unfinished', `after ${count} files`)
      await run(half, next)
      const state = await identityIn(half)
      assert.equal(
        state.identity.authority,
        readFileSync(join(done.path, 'authority.crt'), 'utf8'),
        `after ${count} files`,
      )
      assert.equal(state.authorityKey, readFileSync(join(done.path, 'authority.key'), 'utf8'))
    }
  })
}

test('the next authority is made once, however often it is asked for; a witness takes its certificate without a key', async (t) => {
  const folder = await founded(t)
  assert.equal(await folder.next(), null)
  const next = await folder.prepareNext('test', now)
  assert.deepEqual(await folder.prepareNext('test', now), next)
  assert.deepEqual(await folder.next(), next)
  const witness = await founded(t)
  const both = await witness.trustNext({ certificate: next.certificate, key: null })
  assert.equal(readCertificates(both.authority).length, 2)
  assert.equal((await witness.next())?.key, null)
})

test('a key of another authority, and a certificate of the old one, are refused', async (t) => {
  const [folder, next, other] = [await founded(t), await newAuthority(), await newAuthority()]
  await assert.rejects(folder.trustNext({ ...next, key: other.key }), refused('certificate-refused'))
  await folder.trustNext(next)
  await assert.rejects(
    sign(folder, other).then((pem) => folder.takeNext(pem)),
    refused('certificate-refused'),
  )
})

test('a change that came to nothing is followed by another: only who signed for this host is trusted besides', async (t) => {
  const [folder, lost, next] = [await founded(t), await newAuthority(), await newAuthority()]
  await folder.trustNext(lost)
  const both = await folder.trustNext(next)
  const trusted = readCertificates(both.authority).map(({ raw }) => raw)
  assert.equal(trusted.length, 2)
  assert.ok(!trusted.some((raw) => raw.equals(readCertificate(lost.certificate).raw)))
})
