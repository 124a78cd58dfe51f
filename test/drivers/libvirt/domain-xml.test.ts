import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { diskLetters } from '../../../src/drivers/libvirt/domain-devices.ts'
import { domainUuid } from '../../../src/drivers/libvirt/domain-mark.ts'
import { domainXml } from '../../../src/drivers/libvirt/domain-xml.ts'
import { element, escapeXml, xmlText } from '../../../src/drivers/libvirt/xml-text.ts'
import { Fault } from '../../../src/model/fault.ts'
import { guestId } from '../../../src/model/ids.ts'
import { definitions, plain } from './definitions.ts'

const folder = new URL('fixtures/domain-xml/', import.meta.url)
const mail = guestId('mail')

for (const [name, definition] of Object.entries(definitions)) {
  test(`the domain of a definition, word for word: ${name}`, () => {
    const seed = name === 'full' || name.startsWith('xen') ? '/var/lib/vigia/seeds/mail.iso' : null
    const xml = domainXml(mail, definition, seed)
    assert.equal(xml, readFileSync(new URL(`${name}.xml`, folder), 'utf8'))
  })
}

test('start above the maximum: the maximum gives way', () => {
  const xml = domainXml(mail, { ...plain, memoryStartMib: 512, memoryMaxMib: 256 }, null)
  assert.match(xml, /<memory unit="MiB">512<\/memory>/)
})

test('the seed goes where the system will find it: with SATA disks by SATA, else by SCSI', () => {
  const disk = { path: '/a', format: 'raw', readOnly: false, createMib: null } as const
  for (const [bus, target] of [
    ['sata', 'dev="sdb" bus="sata"'],
    ['scsi', 'dev="sdb" bus="scsi"'],
    ['virtio', 'dev="sda" bus="scsi"'],
  ] as const) {
    assert.ok(domainXml(mail, { ...plain, disks: [{ ...disk, bus }] }, '/seed').includes(`<target ${target}/>`))
  }
})

test('the identity of a guest is a UUID of its own, the same for ever', () => {
  assert.equal(domainUuid(mail), domainUuid(mail))
  assert.notEqual(domainUuid(mail), domainUuid(guestId('mail2')))
  assert.match(domainUuid(mail), /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

test('disks are lettered as the kernel letters them', () => {
  assert.deepEqual([0, 25, 26, 51, 52, 701, 702].map(diskLetters), ['a', 'z', 'aa', 'az', 'ba', 'zz', 'aaa'])
})

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
})

/** Texts that try to be more than text. */
const nasty = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom(
    '"/><disk type="file">',
    "'><!--",
    ']]>',
    '</cmdline><on_crash>preserve</on_crash>',
    '&amp;&#x3c;',
    '%xxe;',
    ' a  b ',
  ),
)

function isWritable(text: string): boolean {
  try {
    escapeXml(text)
    return true
  } catch (error) {
    assert.ok(error instanceof Fault && error.code === 'bad-data')
    return false
  }
}

test('no text becomes markup: whatever is in a path or a command line comes out as that and changes nothing else', () => {
  const shape = (xml: string) => [...xml.matchAll(/<\/?[a-z_:]+/gi)].join(' ')
  const definitionOf = (path: string, commandLine: string) => ({
    ...plain,
    disks: [{ path: `/p${path}`, format: 'raw', bus: 'virtio', readOnly: false, createMib: null } as const],
    boot: { kind: 'kernel', kernel: `/k${path}`, initrd: null, commandLine: `x${commandLine}` } as const,
  })
  const expected = shape(domainXml(mail, definitionOf('', ''), null))
  fc.assert(
    fc.property(nasty.filter(isWritable), nasty.filter(isWritable), (path, commandLine) => {
      const xml = domainXml(mail, definitionOf(path, commandLine), null)
      assert.equal(XMLValidator.validate(xml), true)
      assert.equal(shape(xml), expected)
      if (/[\t\n\r]/.test(path + commandLine)) return
      const { domain } = parser.parse(xml)
      assert.equal(domain.os.cmdline, `x${commandLine}`)
      assert.equal(domain.devices.disk.source.file, `/p${path}`)
    }),
    { numRuns: 300 },
  )
})

test('what XML cannot hold is refused, not dropped', () => {
  for (const text of ['\0', 'a\u001bb', '\ufffe', '\ud800']) assert.equal(isWritable(text), false)
  for (const text of ['', 'ü€😀', '\t\r\n']) assert.equal(isWritable(text), true)
})

test('empty elements, left-out parts, nesting', () => {
  const tree = element('a', { b: null, c: 0, d: undefined }, null, element('e'), element('f', {}, 'x<y'))
  assert.equal(xmlText(tree), '<a c="0">\n  <e/>\n  <f>x&lt;y</f>\n</a>\n')
})
