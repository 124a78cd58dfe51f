import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { toLauxen } from '../../../src/model/file/lauxen-write.ts'
import { toYaml } from '../../../src/model/file/yaml-write.ts'
import { fullFiles, fullYaml, parseText, specOf } from './samples.ts'

const examples = join(import.meta.dirname, '../../../examples')

for (const name of ['scenario-a.conf', 'scenario-b.conf', 'example.conf']) {
  test(`${name} says the same as YAML and back`, () => {
    const spec = specOf(readFileSync(join(examples, name), 'utf8'))
    const yaml = toYaml(spec)
    assert.deepEqual(specOf(yaml), spec)
    const { text, lost } = toLauxen(specOf(yaml))
    assert.deepEqual(lost, [])
    assert.deepEqual(specOf(text), spec)
  })
}

for (const [name, text] of [
  ['small-company.yaml', readFileSync(join(examples, 'small-company.yaml'), 'utf8')],
  ['a file that says everything', fullYaml],
] as const) {
  test(`${name} written anew says the same`, () => {
    const spec = specOf(text, fullFiles)
    const yaml = toYaml(spec, '../schema/vigia-1.schema.json')
    assert.deepEqual(specOf(yaml, fullFiles), spec)
    assert.equal(toYaml(specOf(yaml, fullFiles), '../schema/vigia-1.schema.json'), yaml)
  })
}

test("what LauXen's format cannot say is listed, field by field", () => {
  const spec = specOf(`version: 1
name: x
hosts: {h: }
guests:
  dns: {services: [53/udp, {port: 80/tcp, probe: http, fall: 5}, agent], memory: {start: 1 GiB, run: 300 MiB}}
  www:
    domain: other
    priority: 3
    standby: nada
    needs: [{need: "dns:53/udp", onLoss: keep}, "dns:agent", "[2001:db8::1]:22/tcp", "192.0.2.1:22/tcp"]
  nada:
`)
  const { text, lost } = toLauxen(spec)
  assert.equal(text, 'dns(53U, 80T){300}: nada\nwww: dns(53U) dns 192.0.2.1!(22T)\n')
  assert.deepEqual(
    lost.map(({ guest, field }) => `${guest ?? '-'} ${field}`),
    [
      '- name',
      '- hosts',
      'dns memory.start',
      'dns services.80/tcp.probe',
      'dns services.80/tcp.fall',
      'dns services.agent',
      'www domain',
      'www standby',
      'www priority',
      'www needs.dns:53/udp.onLoss',
      'www needs.dns:agent',
      'www needs.2001:db8::1:22/tcp',
      'nada name',
    ],
  )
})

const port = fc.record({ port: fc.integer({ min: 1, max: 65_535 }), letter: fc.constantFrom('T', 'U', 't', 'u') })
const ports = fc.uniqueArray(port, { maxLength: 4, selector: (one) => `${one.port}${one.letter.toUpperCase()}` })
const portsText = (list: readonly { port: number; letter: string }[]) =>
  list.length === 0 ? '' : `(${list.map((one) => `${one.port}${one.letter}`).join(', ')})`
const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,8}$/).filter((text) => text.toLowerCase() !== 'nada')

/** A LauXen file in which each guest needs some of those before it. */
const lauxenFile = fc
  .uniqueArray(
    fc.record({
      name,
      ports,
      run: fc.option(fc.integer({ min: 1, max: 100_000 })),
      needs: fc.array(fc.tuple(fc.nat(), ports), { maxLength: 4 }),
    }),
    {
      minLength: 1,
      maxLength: 8,
      selector: (guest) => guest.name,
    },
  )
  .map((guests) =>
    guests
      .map((guest, index) => {
        const needed = new Map(guest.needs.map(([pick, ports]) => [guests[pick % Math.max(1, index)]!.name, ports]))
        const needs = index === 0 ? [] : [...needed].map(([other, list]) => other + portsText(list))
        const run = guest.run === null ? '' : `{${guest.run}}`
        return `${guest.name}${portsText(guest.ports)}${run}: ${needs.length === 0 ? 'nada' : needs.join(' ')}`
      })
      .join('\n'),
  )

test('any LauXen file says the same as YAML and back, and loses nothing', () => {
  fc.assert(
    fc.property(lauxenFile, (text) => {
      const result = parseText(text, {}, 'lauxen')
      assert.ok(result.ok)
      const yaml = toYaml(result.spec)
      const again = parseText(yaml, {}, 'vigia')
      assert.ok(again.ok, yaml)
      assert.deepEqual(again.spec, result.spec)
      const { text: written, lost } = toLauxen(again.spec)
      assert.deepEqual(lost, [])
      const back = parseText(written)
      assert.equal(back.format, 'lauxen')
      assert.ok(back.ok)
      assert.deepEqual(back.spec, result.spec)
    }),
    { numRuns: 200 },
  )
})

test('any text of a cloud-init seed comes back as it was', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc
      .array(fc.constantFrom('a: b', '  c', '', '# d', '"', "'", '\t', ' '), { maxLength: 6 })
      .map((lines) => lines.join('\n')),
  )
  fc.assert(
    fc.property(text, fc.boolean(), (seed, ended) => {
      const userData = seed + (ended ? '\n' : '')
      const yaml = `version: 1\nguests: {a: {define: {memory: 1 GiB, disks: [x], cloudInit: {userData: ${JSON.stringify(userData)}}}}}`
      const result = parseText(yaml)
      // What may not stand in a file as it is (control characters) is refused on the way in.
      fc.pre(result.ok)
      assert.deepEqual(specOf(toYaml(result.spec)), result.spec)
    }),
    { numRuns: 300 },
  )
})
