import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Argon2Passwords } from '../../../src/drivers/password/argon2.ts'
import { derive } from '../../../src/drivers/password/derive.ts'
import type { Fault } from '../../../src/model/fault.ts'

const passwords = new Argon2Passwords()

test('a password matches its own hash, however its letters are written, and no other does', async () => {
  const stored = await passwords.hash('cão de guarda')
  assert.ok(await passwords.matches('cão de guarda', stored))
  assert.ok(await passwords.matches('cão de guarda'.normalize('NFD'), stored))
  assert.ok(!(await passwords.matches('cao de guarda', stored)))
  assert.ok(!JSON.stringify(stored).includes('guarda'))
  const again = await passwords.hash('cão de guarda')
  assert.notEqual(again.hash, stored.hash)
})

test('nobody’s password is nothing, and a stored one that would take all memory is not tried', async () => {
  assert.ok(!(await passwords.matches('', null)))
  const stored = await passwords.hash('a lookout on the hill')
  assert.ok(!(await passwords.matches('a lookout on the hill', { ...stored, memoryKib: 2 ** 30 })))
})

test('what is not there takes as long as what is', async () => {
  const stored = await passwords.hash('a lookout on the hill')
  const took = async (against: typeof stored | null): Promise<number> => {
    const since = process.cpuUsage()
    await passwords.matches('wrong', against)
    const { user, system } = process.cpuUsage(since)
    return (user + system) / 1_000
  }
  // Of the processor, in turn, and the shortest of each: what else the machine does makes no difference.
  let [there, absent] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (let turn = 0; turn < 15; turn++) {
    there = Math.min(there, await took(stored))
    absent = Math.min(absent, await took(null))
  }
  assert.ok(Math.max(there, absent) / Math.min(there, absent) < 1.6, `${there} ms, ${absent} ms`)
})

test('the same as the reference program of the algorithm makes', () => {
  // One of the cases that come with it: two passes, 64 MiB, one lane.
  const salt = Buffer.from('somesalt').toString('base64url')
  const hash = derive({ password: 'password', salt, memoryKib: 65_536, passes: 2, lanes: 1 })
  const wanted = '09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7'
  assert.equal(Buffer.from(hash, 'base64url').toString('hex'), wanted)
})

test('too many at once are told so, and the others get their turn', async () => {
  const all = await Promise.allSettled(Array.from({ length: 40 }, () => passwords.matches('x', null)))
  const refused = all.filter(({ status }) => status === 'rejected')
  assert.equal(refused.length, 8)
  for (const one of refused) assert.ok(one.status === 'rejected' && (one.reason as Fault).code === 'limit-reached')
})
