import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { adoptXml } from '../../../src/drivers/libvirt/adopt-xml.ts'
import { guestId } from '../../../src/model/ids.ts'

const folder = mkdtempSync(join(tmpdir(), 'vigia-xml-'))
after(() => rmSync(folder, { recursive: true }))

/** libvirt's own schema, by way of its test driver: in virsh's own process, no daemon, no machine. */
function complaint(xml: string): string {
  const file = join(folder, 'domain.xml')
  writeFileSync(file, xml)
  const { stderr } = spawnSync('virsh', ['-c', 'test:///default', 'define', '--validate', file], { encoding: 'utf8' })
  return stderr.includes('schema') ? stderr : ''
}

const fixtures = join(import.meta.dirname, 'fixtures/domain-xml')

test('libvirt says when XML does not follow its schema', () => {
  assert.notEqual(complaint('<domain type="kvm"><name>x</name><bogus/></domain>'), '')
})

for (const name of readdirSync(fixtures)) {
  test(`libvirt's schema accepts ${name}`, () => {
    const xml = readFileSync(join(fixtures, name), 'utf8')
    assert.equal(complaint(xml), '')
    assert.equal(complaint(adoptXml(guestId('other'), xml)), '')
  })
}

test("libvirt's own XML survives being adopted", () => {
  const dumped = execFileSync('virsh', ['-c', 'test:///default', 'dumpxml', '--inactive', 'test'], { encoding: 'utf8' })
  assert.equal(complaint(adoptXml(guestId('test'), dumped)), '')
})
