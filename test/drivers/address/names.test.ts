import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { lookupsMax, Names, parseAhosts } from '../../../src/drivers/address/names.ts'

const folder = mkdtempSync(join(tmpdir(), 'vigia-names-'))
after(() => rmSync(folder, { recursive: true }))

/** A stand-in for `getent` that writes down what it was asked. */
function resolver(name: string, script: string): { program: string; asked: () => string[] } {
  const program = join(folder, name)
  const log = `${program}.log`
  writeFileSync(log, '')
  writeFileSync(program, `#!/bin/sh\necho "$@" >> ${log}\n${script}\n`)
  chmodSync(program, 0o700)
  return { program, asked: () => readFileSync(log, 'utf8').split('\n').filter(Boolean) }
}

test('the real resolver knows localhost; an address is its own answer', async () => {
  const names = new Names(() => 0)
  assert.ok((await names.resolve('localhost')).length > 0)
  assert.deepEqual(await names.resolve('192.0.2.7'), ['192.0.2.7'])
})

test('an answer is believed for a while, then asked for again', async () => {
  const { program, asked } = resolver('answers', 'echo "192.0.2.1 STREAM x"')
  let now = 0
  const names = new Names(() => now, program)
  assert.deepEqual(await Promise.all([names.resolve('a'), names.resolve('a')]), [['192.0.2.1'], ['192.0.2.1']])
  now = 29_000
  await names.resolve('a')
  assert.deepEqual(asked(), ['ahosts a'])
  now = 31_000
  await names.resolve('a')
  assert.equal(asked().length, 2)
})

test('names that could be taken for options, or are none, are not asked for', async () => {
  const { program, asked } = resolver('strict', 'echo 192.0.2.1')
  const names = new Names(() => 0, program)
  for (const name of ['-s', '', 'a b', 'a\nb', 'x'.repeat(254)]) assert.deepEqual(await names.resolve(name), [])
  assert.deepEqual(asked(), [])
})

test('a missing program, or one that fails, means unknown', async () => {
  assert.deepEqual(await new Names(() => 0, '/no/such/program').resolve('a'), [])
  assert.deepEqual(await new Names(() => 0, resolver('fails', 'exit 2').program).resolve('a'), [])
})

test('lookups at once are bounded; what does not fit is unknown for now', async () => {
  const { program } = resolver('slow', 'sleep 0.2; echo 192.0.2.1')
  const names = new Names(() => 0, program)
  const all = await Promise.all(Array.from({ length: lookupsMax + 3 }, (_, n) => names.resolve(`n${n}`)))
  assert.equal(all.filter((addresses) => addresses.length > 0).length, lookupsMax)
})

test('IPv4 first, each address once', () => {
  const text = '2001:db8::1 STREAM a\n2001:db8::1 DGRAM\n192.0.2.1     STREAM\n192.0.2.1     RAW\n\n# x'
  assert.deepEqual(parseAhosts(text), ['192.0.2.1', '2001:db8::1'])
})
