import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createFileChecker, mostWaiting } from '../../src/bin/check-file.ts'
import { guestId } from '../../src/model/ids.ts'
import { until } from '../until.ts'

const good = {
  path: 'office.yaml',
  text: 'version: 1\nname: office\nguests:\n  dns: { services: [53/udp] }\n',
  files: {},
}

test('a file is read in a thread of its own, which ends a while after the last one', async (t) => {
  const files = createFileChecker({ keptMs: 200 })
  t.after(() => files.close())
  const read = await files.check(good)
  assert.deepEqual([read.format, read.problems, read.spec?.name], ['vigia', [], 'office'])
  assert.deepEqual(
    read.spec?.guests.map(({ id }) => id),
    [guestId('dns')],
  )
  assert.equal(files.isOpen, true)
  const bad = await files.check({ ...good, text: 'version: 1\nguests: { dns: { needs: [nobody:1/tcp] } }\n' })
  assert.equal(bad.spec, null)
  assert.ok(bad.problems.length > 0)
  await until(() => !files.isOpen, 'the thread is ended')
  assert.equal((await files.check(good)).spec?.name, 'office')
})

test('only what was sent along is read', async (t) => {
  const files = createFileChecker()
  t.after(() => files.close())
  const text = 'version: 1\ninclude: [/etc/hostname]\nguests: {}\n'
  const read = await files.check({ ...good, text })
  assert.equal(read.spec, null)
  assert.ok(JSON.stringify(read.problems).includes('ENOENT'), JSON.stringify(read.problems))
})

test('several are read one after the other, and too many are refused', async (t) => {
  const files = createFileChecker()
  t.after(() => files.close())
  const named = (name: string) => ({ ...good, text: good.text.replace('office', name) })
  const asked = Array.from({ length: mostWaiting }, (_, place) => files.check(named(`office${place}`)))
  await assert.rejects(files.check(good), { code: 'daemon-busy', outcome: 'not-done' })
  const names = (await Promise.all(asked)).map(({ spec }) => spec?.name)
  assert.deepEqual(
    names,
    Array.from({ length: mostWaiting }, (_, place) => `office${place}`),
  )
  assert.equal((await files.check(good)).spec?.name, 'office')
})

test('one that takes too long ends the thread, and the next is read by another', async (t) => {
  const files = createFileChecker({ limitMs: 1 })
  t.after(() => files.close())
  await assert.rejects(files.check(good), { code: 'timeout', outcome: 'not-done' })
  assert.equal(files.isOpen, false)
  const patient = createFileChecker()
  t.after(() => patient.close())
  assert.equal((await patient.check(good)).spec?.name, 'office')
})
