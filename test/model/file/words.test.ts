import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isAddress } from '../../../src/model/file/address.ts'
import { derivedMac, normalMac } from '../../../src/model/file/mac.ts'
import { nearest } from '../../../src/model/file/nearest.ts'
import { resolvePath, SourceText } from '../../../src/model/file/source.ts'

const near: [word: string, known: string[], found: string | null][] = [
  ['sevices', ['services', 'state'], 'services'],
  ['dsn', ['dns', 'web'], 'dns'],
  ['DNS', ['dns'], 'dns'],
  ['servidor10', ['servidor1', 'servidor2'], 'servidor1'],
  ['ab', ['xy'], null],
  ['completely', ['different'], null],
  ['', ['a'], null],
  ['x'.repeat(100), ['x'.repeat(100)], null],
]

for (const [word, known, found] of near) {
  test(`the nearest to ${JSON.stringify(word.slice(0, 12))} is ${found}`, () =>
    assert.equal(nearest(word, known), found))
}

test('a derived MAC is the same for ever: these are on disks and in switches', () => {
  assert.deepEqual(
    [derivedMac('dns', 0), derivedMac('dns', 1), derivedMac('www', 0)],
    ['02:9f:e9:f4:5c:12', '02:24:4e:d7:b4:66', '02:56:02:a1:97:ff'],
  )
})

test('derived MACs of twenty thousand guests are all different, local, and of one machine', () => {
  const macs = new Set<string>()
  for (let guest = 0; guest < 20_000; guest += 1)
    for (const index of [0, 1]) macs.add(derivedMac(`servidor${guest}`, index))
  assert.equal(macs.size, 40_000)
  for (const mac of macs) assert.equal(normalMac(mac), mac)
})

const addresses: [text: string, is: boolean][] = [
  ['192.0.2.1', true],
  ['0.0.0.0', true],
  ['192.0.2.256', false],
  ['192.0.2', false],
  ['192.0.02.1', false],
  ['2001:db8::1', true],
  ['::', true],
  ['::1', true],
  ['1:2:3:4:5:6:7:8', true],
  ['1:2:3:4:5:6:7::', true],
  ['1:2:3:4:5:6:7:8:9', false],
  ['1:2:3:4:5:6:7', false],
  ['1::2::3', false],
  ['::ffff:192.0.2.1', true],
  ['::ffff:192.0.2.256', false],
  ['12345::', false],
  [':', false],
  [':::', false],
  ['fe80::1%eth0', false],
  ['example.com', false],
  ['', false],
]

for (const [text, is] of addresses) {
  test(`${JSON.stringify(text)} is ${is ? 'an' : 'no'} address`, () => assert.equal(isAddress(text), is))
}

const paths: [from: string, path: string, resolved: string][] = [
  ['/etc/vigia/vigia.yaml', 'a.yaml', '/etc/vigia/a.yaml'],
  ['/etc/vigia/vigia.yaml', './b/../a.yaml', '/etc/vigia/a.yaml'],
  ['/etc/vigia/vigia.yaml', '../../../x', '/x'],
  ['/etc/vigia/vigia.yaml', '/var/x', '/var/x'],
  ['/vigia.yaml', 'x', '/x'],
  ['vigia.yaml', 'x', 'x'],
  ['a/vigia.yaml', '../../x', '../x'],
]

for (const [from, path, resolved] of paths) {
  test(`${path} as seen from ${from} is ${resolved}`, () => assert.equal(resolvePath(from, path), resolved))
}

test('lines and columns count from 1, whatever ends the lines', () => {
  const source = new SourceText('f', 'ab\ncd\r\nef\rgh')
  const places = [0, 1, 3, 7, 8, 10, 12].map((at) => source.place(at))
  assert.deepEqual(
    places.map(({ line, column }) => `${line}:${column}`),
    ['1:1', '1:2', '2:1', '3:1', '3:2', '4:1', '4:3'],
  )
})
