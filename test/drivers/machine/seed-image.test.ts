import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { seedImage, seedMaxBytes } from '../../../src/drivers/machine/seed-image.ts'
import { seedFiles } from '../../../src/drivers/machine/seeds.ts'
import { Fault } from '../../../src/model/fault.ts'
import { guestId } from '../../../src/model/ids.ts'
import { readIso } from './iso-reader.ts'

const file = (name: string, text: string) => ({ name, bytes: Buffer.from(text) })

test('the files are found under their own names, and under short ones without Joliet', () => {
  const image = seedImage([
    file('user-data', '#cloud-config\n'),
    file('meta-data', 'a: ü\n'),
    file('network-config', ''),
  ])
  assert.deepEqual(readIso(image, 'joliet'), {
    label: 'CIDATA',
    files: { 'user-data': '#cloud-config\n', 'meta-data': 'a: ü\n', 'network-config': '' },
  })
  const short = readIso(image, 'primary')
  assert.equal(short.label, 'CIDATA')
  assert.deepEqual(Object.values(short.files).sort(), ['', '#cloud-config\n', 'a: ü\n'])
})

test('contents of any size come out whole', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(9_000), { minLength: 1, maxLength: 3 }), (sizes) => {
      const names = ['user-data', 'meta-data', 'network-config']
      const files = sizes.map((size, index) => file(names[index] ?? '', String(index).repeat(size)))
      const expected = Object.fromEntries(files.map(({ name, bytes }) => [name, bytes.toString()]))
      assert.deepEqual(readIso(seedImage(files), 'joliet').files, expected)
    }),
    { numRuns: 50 },
  )
})

test('too much is refused', () => {
  assert.throws(
    () => seedImage([{ name: 'user-data', bytes: Buffer.alloc(seedMaxBytes + 1) }]),
    (error) => error instanceof Fault && error.code === 'limit-reached',
  )
})

test('meta-data is made from the name unless given; network-config is there only when wished', () => {
  const cloudInit = { userData: 'u', metaData: null, networkConfig: null }
  const [user, meta, ...more] = seedFiles(guestId('mail'), cloudInit)
  assert.equal(Buffer.from(user?.bytes ?? []).toString(), 'u')
  assert.match(Buffer.from(meta?.bytes ?? []).toString(), /^instance-id: "[0-9a-f-]{36}"\nlocal-hostname: "mail"\n$/)
  assert.deepEqual(more, [])
  const names = seedFiles(guestId('mail'), { ...cloudInit, metaData: 'm', networkConfig: 'n' }).map(({ name }) => name)
  assert.deepEqual(names, ['user-data', 'meta-data', 'network-config'])
})
