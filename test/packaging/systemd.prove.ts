import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { debianImage, diskOf, whyNoDebian } from '../../lab/debian/image.ts'
import { bootDebian } from '../../lab/debian/machine.ts'
import { guestXml } from '../../lab/guest.ts'
import { type GuestImage, guestImage } from '../../lab/image.ts'
import { installedPackage } from './installed-package.ts'

/** Three boots and shutdowns of an emulated machine, with guests emulated inside it, while others work on this one, too. */
const limitMs = 2_400_000

const folder = mkdtempSync(join(tmpdir(), 'vigia-systemd-'))
let serial = ''

before(async () => {
  assert.equal(whyNoDebian(), undefined)
  const image = await debianImage()
  const local = join(folder, 'local')
  await installedPackage(local)
  const lab = join(local, 'lab')
  cpSync(join(import.meta.dirname, 'systemd'), lab, { recursive: true })
  for (const name of ['dns', 'db', 'web']) writeFileSync(join(lab, `${name}.xml`), testDriverXml(name))
  const guest = await guestImage()
  for (const file of ['kernel', 'initrd'] as const) cpSync(guest[file], join(lab, file))
  for (const name of ['first', 'second']) writeFileSync(join(lab, `${name}.xml`), realXml(name, guest))
  await diskOf(local, join(folder, 'local.img'))
  const booted = await bootDebian(image, join(folder, 'local.img'), join(folder, 'serial.log'), limitMs)
  serial = booted.serial.replaceAll('\r', '')
  // Printed whole: what went wrong is seen nowhere else.
  if (!booted.poweredOff || /lab: FAILED/.test(serial)) process.stdout.write(serial)
  assert.ok(booted.poweredOff, `no power-off within ${limitMs / 1000} s`)
})

after(() => rmSync(folder, { recursive: true }))

function testDriverXml(name: string): string {
  return `<domain type='test'><name>${name}</name><memory unit='MiB'>32</memory><os><type>hvm</type></os></domain>\n`
}

/** A guest of the lab on the emulated machine: emulated in its turn, and with a network that leads nowhere. */
function realXml(name: string, image: GuestImage): string {
  const inside = { ...image, kernel: '/usr/local/lab/kernel', initrd: '/usr/local/lab/initrd' }
  return guestXml(
    { name, address: '10.0.2.15', services: [], console: true },
    inside,
    `/var/log/libvirt/qemu/${name}.console`,
  )
    .replace("<domain type='kvm'>", "<domain type='qemu'>")
    .replace("<interface type='bridge'>", "<interface type='user'>")
    .replace("<source bridge='br0'/>", '')
}

/** From the end of this boot's checks to the next one's start. */
function shutdownOf(boot: number): string {
  const [, after = ''] = serial.split(`lab: boot ${boot} ends`)
  return after.split(`lab: boot ${boot + 1}`)[0] ?? ''
}

/** Where this is first seen in a text; fails when it is not. */
function seen(text: string, what: string): number {
  const at = text.indexOf(what)
  assert.notEqual(at, -1, `not seen on the serial port: ${what}`)
  return at
}

test('every claim made inside holds', () => {
  const failed = serial.split('\n').filter((line) => line.includes('lab: FAILED'))
  assert.deepEqual(failed, [])
  seen(serial, 'lab: ok vigiad starts real guests after the boot')
})

for (const [boot, guests] of [
  [1, ['web', 'db', 'dns']],
  [2, ['second', 'first']],
] as const) {
  const driver = boot === 1 ? "libvirt's test driver" : 'QEMU'

  test(`the host goes down only after its guests, and libvirt after them (${driver})`, () => {
    const shutdown = shutdownOf(boot)
    const order = [`all ${guests.length} guests are down`, 'Stopped vigia-guests', 'Stopped vigiad', 'Stopped libvirtd']
    const places = order.map((what) => seen(shutdown, what))
    assert.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
      order.join(', '),
    )
  })

  test(`guests go down in the reverse of the order of their needs (${driver})`, () => {
    const [, history = ''] = serial.split(`lab: boot ${boot + 1}\n`)
    const [told = ''] = history.split(`lab: boot ${boot + 1} ends`)
    const gone = [...told.matchAll(/(\w+) is down: goes down with its host h1/g)].map((match) => match[1])
    assert.deepEqual(gone, guests)
  })
}

test('real guests go down by their power button; systemd ends none of them', () => {
  assert.equal([...serial.matchAll(/power button: shutting down/g)].length, 2)
  assert.doesNotMatch(shutdownOf(2), /Stopping machine-qemu|Killing process.*qemu/)
})

test('how exposed the daemon is, is said', (t) => {
  const line = /Overall exposure level for vigiad.service: ([\d.]+ \w+)/.exec(serial)
  assert.ok(line?.[1])
  t.diagnostic(`systemd-analyze security vigiad.service: ${line[1]}`)
})
