import assert from 'node:assert/strict'
import { chmodSync, cpSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { signMember } from '../../../src/drivers/ca/certificate-maker.ts'
import { type Identity, publicKeyOf } from '../../../src/drivers/ca/certificates.ts'
import { IdentityFolder } from '../../../src/drivers/ca/identity-folder.ts'
import { hostId, wallTime } from '../../../src/model/ids.ts'
import { day, folderOf, newAuthority, now, refused } from './parts.ts'

const names = { member: hostId('alfa'), addresses: ['192.0.2.1'] }

function identityOf(state: Awaited<ReturnType<IdentityFolder['load']>>): Identity {
  assert.ok(state.kind === 'member', state.kind)
  return state.identity
}

test('a founded folder loads as it was made; its keys are for their owner alone, whatever the umask', async (t) => {
  const folder = new IdentityFolder(join(folderOf(t), 'ca'))
  assert.deepEqual(await folder.load(), { kind: 'empty' })
  const before = process.umask(0)
  const identity = await folder.found('test', names, now).finally(() => process.umask(before))
  assert.deepEqual(identityOf(await folder.load()), identity)
  const modes = readdirSync(folder.path).map((name) => [
    name,
    (statSync(join(folder.path, name)).mode & 0o777).toString(8),
  ])
  assert.deepEqual(modes.sort(), [
    ['authority.crt', '644'],
    ['authority.key', '600'],
    ['member.crt', '644'],
    ['member.key', '600'],
  ])
  chmodSync(folder.files.key, 0o644)
  await folder.load()
  assert.equal(statSync(folder.files.key).mode & 0o777, 0o600)
})

test('founding interrupted after any of its files carries on, with what was whole', async (t) => {
  const whole = new IdentityFolder(join(folderOf(t), 'ca'))
  await whole.found('test', names, now)
  const order = ['member.key', 'authority.key', 'authority.crt', 'member.crt']
  for (let written = 0; written < order.length; written++) {
    const folder = new IdentityFolder(join(folderOf(t), 'ca'))
    cpSync(whole.path, folder.path, { recursive: true })
    for (const name of order.slice(written)) rmSync(join(folder.path, name))
    writeFileSync(join(folder.path, `${order[written]}.vigia-unfinished`), '-----BEGIN')
    assert.equal((await folder.load()).kind, written === 0 ? 'empty' : 'unfinished')
    const identity = await folder.found('test', names, now)
    assert.deepEqual(identityOf(await folder.load()), identity)
    assert.equal(identity.authority === readFileSync(join(whole.path, 'authority.crt'), 'utf8'), written === 3)
    assert.deepEqual(readdirSync(folder.path).sort(), [...order].sort())
  }
})

test('a member is not founded again, nor given another key', async (t) => {
  const folder = new IdentityFolder(folderOf(t))
  await folder.found('test', names, now)
  await assert.rejects(folder.found('test', names, now), refused('refused'))
  await assert.rejects(folder.keyForJoining(), refused('refused'))
})

test('joining interrupted after any of its files carries on with the same key', async (t) => {
  const authority = await newAuthority()
  for (const left of [[], ['authority.crt'], ['authority.crt', 'authority.key']]) {
    const folder = new IdentityFolder(folderOf(t))
    const key = await folder.keyForJoining()
    if (left.includes('authority.crt')) writeFileSync(join(folder.path, 'authority.crt'), authority.certificate)
    if (left.includes('authority.key')) writeFileSync(join(folder.path, 'authority.key'), authority.key)
    assert.equal(await folder.keyForJoining(), key)
    const certificate = await signMember(authority, publicKeyOf(key), names, now)
    const admission = { authority: authority.certificate, authorityKey: null, certificate }
    const identity = await folder.joined(admission)
    assert.deepEqual(await folder.load(), { kind: 'member', identity, authorityKey: null })
  }
})

test('what does not fit together is refused by name, and never overwritten', async (t) => {
  const [one, other] = [new IdentityFolder(folderOf(t)), new IdentityFolder(folderOf(t))]
  await one.found('test', names, now)
  await other.found('test', names, now)
  for (const name of ['authority.crt', 'authority.key', 'member.crt', 'member.key']) {
    const folder = new IdentityFolder(folderOf(t))
    for (const change of ['foreign', 'cut', 'missing'] as const) {
      cpSync(one.path, folder.path, { recursive: true })
      if (change === 'foreign') cpSync(join(other.path, name), join(folder.path, name))
      if (change === 'cut') truncateSync(join(folder.path, name), 100)
      if (change === 'missing') rmSync(join(folder.path, name))
      const harmless = change === 'missing' && (name === 'authority.key' || name === 'member.crt')
      if (harmless) assert.equal((await folder.load()).kind, name === 'member.crt' ? 'unfinished' : 'member')
      else await assert.rejects(folder.load(), refused('certificate-refused', folder.path), `${name} ${change}`)
    }
  }
})

test('a newer certificate takes the place of the old one; one of another member or key does not', async (t) => {
  const folder = new IdentityFolder(folderOf(t))
  const identity = await folder.found('test', names, now)
  const authority = { certificate: identity.authority, key: readFileSync(join(folder.path, 'authority.key'), 'utf8') }
  const sign = (member: string) =>
    signMember(
      authority,
      publicKeyOf(identity.key),
      { member: hostId(member), addresses: [] },
      wallTime(now + 20 * day),
    )
  const renewed = await folder.renewed(identity, await sign('alfa'))
  assert.deepEqual(identityOf(await folder.load()), renewed)
  await assert.rejects(folder.renewed(identity, await sign('beta')), refused('certificate-refused'))
  const { certificate } = await new IdentityFolder(folderOf(t)).found('test', names, now)
  await assert.rejects(folder.renewed(identity, certificate), refused('certificate-refused'))
  assert.deepEqual(identityOf(await folder.load()), renewed)
})

test('a folder that was forgotten is empty, however often', async (t) => {
  const folder = new IdentityFolder(join(folderOf(t), 'ca'))
  await folder.forget()
  await folder.found('test', names, now)
  await folder.forget()
  await folder.forget()
  assert.deepEqual(await folder.load(), { kind: 'empty' })
})
