import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { formatOf } from '../../../src/model/file/format.ts'
import { needText } from '../../../src/model/need.ts'
import { cpuMsOf } from '../../cpu-time.ts'
import { brief, parseText, specOf } from './samples.ts'

const examples = join(import.meta.dirname, '../../../examples')

/** `name(services){run}: needs`, from the spec. */
function summary(text: string): string[] {
  return specOf(text).guests.map((guest) => {
    const services = guest.services.map((service) => service.key).join(' ')
    const needs = guest.needs.map((need) => (need.kind === 'external' ? '!' : '') + needText(need)).join(' ')
    return `${guest.id}(${services}){${guest.memory.runMib}}: ${needs}`
  })
}

test("the document's own files are read as they are", () => {
  assert.deepEqual(summary(readFileSync(join(examples, 'example.conf'), 'utf8')), [
    'www(22/tcp 80/tcp 443/tcp){300}: dns:53/udp nfs-server:2049/tcp',
    'dns(22/tcp 53/udp){50}: ',
    'nfs-server(2049/tcp){1024}: dns:53/udp',
  ])
  assert.equal(summary(readFileSync(join(examples, 'scenario-a.conf'), 'utf8')).length, 9)
  const last = summary(readFileSync(join(examples, 'scenario-b.conf'), 'utf8')).at(-1)
  assert.equal(last, 'servidor9(22/tcp){40}: servidor4:22/tcp servidor7:22/tcp servidor8:22/tcp')
})

test('a name is an existing domain, its address looked for in the usual order, and the pause spreads', () => {
  const [guest, other] = specOf('a: b\nb: nada\n').guests
  assert.deepEqual(guest?.source, { kind: 'existing', domain: 'a' })
  assert.deepEqual(guest?.address, { kind: 'find', order: ['lease', 'agent', 'arp', 'name'] })
  assert.deepEqual(guest?.needs, [{ kind: 'guest', guest: 'b', service: null, onLoss: 'pause' }])
  assert.deepEqual(other?.memory, { startMib: null, runMib: null, maxMib: null })
})

const good: [text: string, guests: string[]][] = [
  ['a:nada', ['a(){null}: ']],
  ['a : NaDa', ['a(){null}: ']],
  ['a(): nada', ['a(){null}: ']],
  ['\uFEFFa: nada\r\nb: a\r\n', ['a(){null}: ', 'b(){null}: a']],
  ['a(22t,53u) { 40 }\t:\tnada # a comment', ['a(22/tcp 53/udp){40}: ']],
  ['# a comment\n\n  a ( 22T , 80T ) : nada', ['a(22/tcp 80/tcp){null}: ']],
  ['a(1T): nada\nb:a(1T)a', ['a(1/tcp){null}: ', 'b(){null}: a:1/tcp a']],
  ['a: nada\nb: a()', ['a(){null}: ', 'b(){null}: a']],
  ['a: dns!(53U, 53T) 10.0.0.1 ! (80T)', ['a(){null}: !dns:53/udp !dns:53/tcp !10.0.0.1:80/tcp']],
  ['10.0.0.1(22T): nada\nb: 10.0.0.1(22T)', ['10.0.0.1(22/tcp){null}: ', 'b(){null}: 10.0.0.1:22/tcp']],
  ['A: nada\na: A\nx.y_z-1: a', ['A(){null}: ', 'a(){null}: A', 'x.y_z-1(){null}: a']],
  ['a: nada\rb: a', ['a(){null}: ', 'b(){null}: a']],
]

for (const [text, guests] of good) {
  test(`read: ${JSON.stringify(text)}`, () => assert.deepEqual(summary(text), guests))
}

const bad: [text: string, problems: string[], data?: Record<string, unknown>][] = [
  ['a(22): nada', ['1:3 port-without-protocol guests.a'], { got: '22' }],
  ['a(0T): nada', ['1:3 port-out-of-range guests.a'], { got: '0T' }],
  ['a(65536T): nada', ['1:3 port-out-of-range guests.a']],
  ['a(99999999999999999999T): nada', ['1:3 port-out-of-range guests.a']],
  ['a(22T, 22t): nada', ['1:8 duplicate-service guests.a'], { got: '22/tcp' }],
  ['a(22X): nada', ['1:3 lauxen-syntax guests.a'], { expected: 'port', got: '22X):' }],
  ['a(,): nada', ['1:3 lauxen-syntax guests.a'], { expected: 'port' }],
  ['a(22T 80T): nada', ['1:7 lauxen-syntax guests.a'], { expected: 'comma-or-close', got: '80T):' }],
  ['a(22T: nada', ['1:6 lauxen-syntax guests.a'], { expected: 'comma-or-close' }],
  ['a{}: nada', ['1:3 lauxen-syntax guests.a'], { expected: 'mib' }],
  ['a{0}: nada', ['1:3 out-of-range guests.a'], { unit: 'MiB' }],
  ['a{300 MiB}: nada', ['1:7 lauxen-syntax guests.a'], { expected: 'close-brace' }],
  ['a{40}(22T): nada', ['1:6 lauxen-syntax guests.a'], { expected: 'colon' }],
  ['a(22T) nada', ['1:8 lauxen-syntax guests.a'], { expected: 'colon', got: 'nada' }],
  ['a(22T):', ['1:8 lauxen-syntax guests.a'], { expected: 'need-or-nada', got: '' }],
  ['a(22T): b,', ['1:10 lauxen-syntax guests.a'], { expected: 'need', got: ',' }],
  ['_a(22T): nada', ['1:1 bad-name'], { reason: 'shape', got: '_a' }],
  [`${'x'.repeat(64)}(22T): nada`, ['1:1 bad-name'], { reason: 'too-long' }],
  ['nada(22T): nada', ['1:1 bad-name'], { reason: 'reserved' }],
  ['a(22T): nada\nb(1T): a nada', ['2:10 nada-with-needs guests.b']],
  ['a(22T): nada\nb(1T): Nada a', ['2:8 nada-with-needs guests.b']],
  ['a(22T): b!', ['1:9 external-without-port guests.a'], { got: 'b' }],
  ['a(22T): b!()', ['1:9 external-without-port guests.a']],
  ['web(22T): nada\na(1T): wbe(22T)', ['2:8 unknown-guest guests.a.needs[0]'], { got: 'wbe', nearest: 'web' }],
  ['a(22T): a(22T)', ['1:9 self-need guests.a.needs[0]']],
  ['a(22T): nada\na(22T): nada', ['2:1 duplicate-guest guests.a']],
  ['a(1T): nada\nb(1T): a(1T) a(1T)', ['2:14 duplicate-need guests.b.needs[1]']],
  ['a(1T): b(1T)\nb(1T): c(1T)\nc(1T): a(1T)', ['1:8 cycle guests.a.needs'], { guests: ['a', 'b', 'c', 'a'] }],
]

for (const [text, problems, data] of bad) {
  test(`refused: ${JSON.stringify(text)}`, () => {
    const result = parseText(text)
    assert.equal(result.format, 'lauxen')
    assert.ok(!result.ok)
    assert.deepEqual(result.problems.map(brief), problems)
    const first: Readonly<Record<string, unknown>> = { ...result.problems[0] }
    for (const [key, value] of Object.entries(data ?? {})) assert.deepEqual(first[key], value, key)
  })
}

test('a cycle made from scenario A is printed as a path', () => {
  const text = readFileSync(join(examples, 'scenario-a.conf'), 'utf8')
  const result = parseText(text.replace('servidor1(22t): nada', 'servidor1(22t): servidor9(22t)'))
  assert.ok(!result.ok)
  const [cycle, ...others] = result.problems
  assert.deepEqual(others, [])
  assert.deepEqual(cycle?.code === 'cycle' && cycle.guests, ['servidor1', 'servidor9', 'servidor1'])
})

test('every line with an error has one, and the good lines are read on', () => {
  const result = parseText('a(22): nada\nb(1T): nada\nc(0U): b(1T) a\nd(1T: b\n')
  assert.ok(!result.ok)
  assert.deepEqual(result.problems.map(brief), [
    '1:3 port-without-protocol guests.a',
    '3:3 port-out-of-range guests.c',
    '4:5 lauxen-syntax guests.d',
  ])
})

test('a port that a known guest does not declare is warned about', () => {
  const result = parseText('a(22T): nada\nb(1T): a(80T)\n')
  assert.ok(result.ok)
  assert.deepEqual(result.warnings.map(brief), ['2:8 undeclared-port guests.b.needs[0]'])
})

const formats: [text: string, format: 'vigia' | 'lauxen'][] = [
  ['a: nada', 'lauxen'],
  ['a: b c(22T) d!(1U)', 'lauxen'],
  ['a(22): nada', 'lauxen'],
  ['# only a comment', 'vigia'],
  ['guests: nada', 'vigia'],
  ['a: nada\nguests: nada', 'vigia'],
  ['guests(22T): nada', 'lauxen'],
  ['version: 1\nguests:\n  a: nada', 'vigia'],
  ['version: 1\nname: x', 'vigia'],
  ['version: 1\n1: nada', 'lauxen'],
  ['version: nada', 'lauxen'],
  ['version: 1\ninclude: [a.conf]', 'vigia'],
  ['version: 1\ninclude:\n  - a.conf', 'vigia'],
  ['{"version": 1, "guests": {}}', 'vigia'],
  ['a(22T): nada\nb(22T: nada', 'lauxen'],
  ['a: nada\nb nada', 'lauxen'],
  ['\uFEFFguests:\n', 'vigia'],
]

for (const [text, format] of formats) {
  test(`told apart: ${JSON.stringify(text)} is ${format}`, () => assert.equal(formatOf(text), format))
}

test('a line made to keep the recogniser busy is told apart in no time', () => {
  const texts = [
    `a: ${'b'.repeat(19_000)}@`,
    `a: ${'b '.repeat(9_000)}@`,
    `${'a('.repeat(9_000)}`,
    `a:${' '.repeat(19_000)}@`,
  ]
  assert.ok(cpuMsOf(() => texts.map(formatOf)) < 2_000)
})
