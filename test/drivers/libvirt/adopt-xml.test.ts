import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { XMLParser } from 'fast-xml-parser'
import { adoptXml } from '../../../src/drivers/libvirt/adopt-xml.ts'
import { interfaceMacs } from '../../../src/drivers/libvirt/interface-macs.ts'
import { Fault } from '../../../src/model/fault.ts'
import { derivedMac } from '../../../src/model/file/mac.ts'
import { guestId } from '../../../src/model/ids.ts'

const mail = guestId('mail')

const own = `<?xml version="1.0" encoding="UTF-8"?>
<!-- made by hand -->
<domain type="kvm" xmlns:qemu="http://libvirt.org/schemas/domain/qemu/1.0">
  <name>post &amp; more</name>
  <memory unit="KiB">1048576</memory>
  <os><type arch="x86_64">hvm</type><cmdline>a=&quot;1&quot; &lt;b&gt;</cmdline></os>
  <devices>
    <interface type="bridge"><source bridge="br0"/></interface>
    <interface type="bridge"><mac address="52:54:00:00:00:07"/><source bridge="br1"/></interface>
    <interface type="bridge"><source bridge="br2"/></interface>
  </devices>
  <description><![CDATA[ 1 < 2 ]]></description>
  <qemu:commandline><qemu:arg value="-foo"/></qemu:commandline>
</domain>
`

test('name, mark and missing MACs are put in; everything else stays to the letter', () => {
  const mark = `<metadata><vigia:guest xmlns:vigia="https://vigia.invalid/domain/1" id="mail"/></metadata>`
  const mac = (index: number) => `<mac address="${derivedMac('mail', index)}"/>`
  const expected = own
    .replace('<name>post &amp; more</name>', `<name>mail</name>${mark}`)
    .replace('<source bridge="br0"/>', `${mac(0)}<source bridge="br0"/>`)
    .replace('<source bridge="br2"/>', `${mac(2)}<source bridge="br2"/>`)
  // Only line breaks outside the root are lost.
  assert.equal(adoptXml(mail, own).trim(), expected.replace('-->\n', '-->').trim())
})

test('doing it again changes nothing', () => {
  const once = adoptXml(mail, own)
  assert.equal(adoptXml(mail, once), once)
})

test("somebody else's mark of ours is replaced, other metadata stays", () => {
  const marked = own.replace(
    '<devices>',
    '<metadata><x:a xmlns:x="urn:x">k</x:a><v:guest xmlns:v="https://vigia.invalid/domain/1" id="old"/></metadata><devices>',
  )
  const adopted = adoptXml(mail, marked)
  assert.match(adopted, /<x:a xmlns:x="urn:x">k<\/x:a><vigia:guest [^>]* id="mail"\/>/)
  assert.doesNotMatch(adopted, /old/)
})

test('MACs given stay, MACs missing are derived', () => {
  assert.deepEqual(interfaceMacs(adoptXml(mail, own)), [
    derivedMac('mail', 0),
    '52:54:00:00:00:07',
    derivedMac('mail', 2),
  ])
})

test('a domain without name, metadata or devices gets what it lacks', () => {
  const adopted = adoptXml(mail, '<domain type="test"></domain>')
  const parsed = new XMLParser({ ignoreAttributes: false }).parse(adopted)
  assert.equal(parsed.domain.name, 'mail')
  assert.equal(parsed.domain.metadata['vigia:guest']['@_id'], 'mail')
})

test('what is no domain XML is refused with a reason', () => {
  for (const text of [
    '',
    'domain',
    '<domain>',
    '<network/>',
    '<domain></network>',
    '<!DOCTYPE domain [<!ENTITY a "b">]><domain><name>&a;</name></domain>',
    `<domain>${' '.repeat(1024 * 1024)}</domain>`,
  ]) {
    assert.throws(
      () => adoptXml(mail, text),
      (error) => error instanceof Fault && error.code === 'bad-data' && error.outcome === 'not-done',
    )
  }
})

test('any text at all is adopted or refused', () => {
  const piece = fc.constantFrom(
    '<domain>',
    '</domain>',
    '<name>',
    '</name>',
    '<devices',
    '>',
    '<interface/>',
    '&',
    '"',
    'x',
    ' ',
    '<!--',
    '-->',
    '<metadata/>',
    '<__proto__/>',
    '<![CDATA[',
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece).map((pieces) => `<domain>${pieces.join('')}</domain>`),
      ),
      (text) => {
        try {
          adoptXml(mail, text)
        } catch (error) {
          assert.ok(error instanceof Fault, String(error))
        }
      },
    ),
    { numRuns: 1_000 },
  )
})
