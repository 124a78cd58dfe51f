import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { createMachineMaker } from '../../../src/drivers/machine/machine-maker.ts'
import type { DefinitionSpec, DiskSpec } from '../../../src/model/definition.ts'
import { Fault, type FaultCode } from '../../../src/model/fault.ts'
import { type DomainSource, defaultGuestPolicy, type GuestSpec } from '../../../src/model/guest.ts'
import { guestId } from '../../../src/model/ids.ts'
import { plain } from '../libvirt/definitions.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigia-machine-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const at = (name: string) => join(folder, name)

/** Stands for `qemu-img`, whose place in the arguments it knows: it writes the size into the file. */
function standIn(script: string): string {
  const program = at('qemu-img')
  writeFileSync(program, `#!/bin/sh\n${script}\n`)
  chmodSync(program, 0o700)
  return program
}

function guest(source: DomainSource): GuestSpec {
  return {
    id: guestId('mail'),
    source,
    address: { kind: 'fixed', address: '192.0.2.1' },
    services: [],
    needs: [],
    wish: 'running',
    host: null,
    startAtBoot: true,
    priority: 0,
    tags: [],
    memory: { startMib: null, runMib: null, maxMib: null },
    cpus: null,
    policy: defaultGuestPolicy,
    failback: false,
    liveMigration: false,
  }
}

function disk(changes: Partial<DiskSpec>): DiskSpec {
  return { path: at('a.img'), format: 'raw', bus: 'virtio', readOnly: false, createMib: null, ...changes }
}

function prepare(changes: Partial<DefinitionSpec>, qemuImg = standIn('echo "$6" > "$5"')): Promise<string> {
  const maker = createMachineMaker({ seedDirectory: at('seeds'), qemuImg })
  return maker.prepare(guest({ kind: 'defined', definition: { ...plain, ...changes } }))
}

const refusedWith = (code: FaultCode) => (error: unknown) =>
  error instanceof Fault && error.code === code && error.outcome === 'not-done'

test('a disk that exists is left alone, whatever it holds and whatever size is wished', async () => {
  writeFileSync(at('a.img'), 'precious')
  await prepare({ disks: [disk({ createMib: 5 }), disk({ createMib: 5, format: 'qcow2' })] })
  assert.equal(readFileSync(at('a.img'), 'utf8'), 'precious')
})

test('a missing raw disk is made sparse, with its size, for nobody else to read', async () => {
  await prepare({ disks: [disk({ createMib: 64 })] })
  const made = statSync(at('a.img'))
  assert.equal(made.size, 64 * 1024 * 1024)
  assert.ok(made.blocks * 512 < 1024 * 1024)
  assert.equal(made.mode & 0o777, 0o600)
})

test('a missing qcow2 disk is made by qemu-img under another name first', async () => {
  await prepare({ disks: [disk({ createMib: 7, format: 'qcow2' })] })
  assert.equal(readFileSync(at('a.img'), 'utf8'), '7M\n')
  assert.equal(statSync(at('a.img')).mode & 0o777, 0o600)
  assert.deepEqual(readdirSync(folder).sort(), ['a.img', 'qemu-img'])
})

test('a missing disk that is not to be made is a fault, and so is one in a folder that is not there', async () => {
  await assert.rejects(prepare({ disks: [disk({})] }), refusedWith('disk-missing'))
  await assert.rejects(prepare({ disks: [disk({ path: at('no/a.img'), createMib: 1 })] }), refusedWith('disk-missing'))
  await assert.rejects(prepare({ disks: [disk({ path: '/dev/no/such', createMib: 1 })] }), refusedWith('disk-missing'))
})

test('what qemu-img says becomes the fault, and nothing half-made stays', async () => {
  const disks = [disk({ createMib: 1, format: 'qcow2' })]
  const says = (text: string) => standIn(`echo half > "$5"; echo "qemu-img: ${text}" >&2; exit 1`)
  await assert.rejects(prepare({ disks }, says('No space left on device')), refusedWith('disk-full'))
  await assert.rejects(prepare({ disks }, says('Permission denied')), refusedWith('not-allowed'))
  await assert.rejects(prepare({ disks }, says('something else')), refusedWith('disk-missing'))
  await assert.rejects(prepare({ disks }, '/no/such/qemu-img'), refusedWith('not-supported'))
  assert.deepEqual(readdirSync(folder), ['qemu-img'])
})

test('what a crash left behind does not stand in the way', async () => {
  writeFileSync(at('a.img.vigia-unfinished'), 'half')
  await prepare({ disks: [disk({ createMib: 1 })] })
  assert.equal(statSync(at('a.img')).size, 1024 * 1024)
  assert.equal(existsSync(at('a.img.vigia-unfinished')), false)
})

test('a disk that appears while it is being made is kept', async () => {
  const qemuImg = standIn(`echo theirs > ${at('a.img')}; echo ours > "$5"`)
  await prepare({ disks: [disk({ createMib: 1, format: 'qcow2' })] }, qemuImg)
  assert.equal(readFileSync(at('a.img'), 'utf8'), 'theirs\n')
})

test('a disk named twice is made once', async () => {
  const log = at('log')
  const maker = createMachineMaker({
    seedDirectory: at('seeds'),
    qemuImg: standIn(`echo run >> ${log}; sleep 0.05; echo x > "$5"`),
  })
  const wanted = guest({
    kind: 'defined',
    definition: { ...plain, disks: [disk({ createMib: 1, format: 'qcow2' })] },
  })
  await Promise.all([maker.prepare(wanted), maker.prepare(wanted), maker.prepare(wanted)])
  assert.equal(readFileSync(log, 'utf8'), 'run\n')
})

test('a kernel that cannot be read is a fault before any disk is made', async () => {
  const boot = { kind: 'kernel', kernel: at('vmlinuz'), initrd: null, commandLine: '' } as const
  await assert.rejects(prepare({ boot, disks: [disk({ createMib: 1 })] }), refusedWith('file-unreadable'))
  assert.equal(existsSync(at('a.img')), false)
})

test('a text XML cannot hold is a fault before any disk is made', async () => {
  writeFileSync(at('vmlinuz'), '')
  const boot = { kind: 'kernel', kernel: at('vmlinuz'), initrd: null, commandLine: 'a\0b' } as const
  await assert.rejects(prepare({ boot, disks: [disk({ createMib: 1 })] }), refusedWith('bad-data'))
  assert.equal(existsSync(at('a.img')), false)
})

test('the seed is written once, anew when its content changes, and named in the XML', async () => {
  const cloudInit = { userData: '#cloud-config\n', metaData: null, networkConfig: null }
  const path = at('seeds/mail.iso')
  assert.match(await prepare({ cloudInit }), new RegExp(`<source file="${path}"/>`))
  const first = statSync(path)
  assert.equal(first.mode & 0o777, 0o600)
  await prepare({ cloudInit })
  assert.equal(statSync(path).ino, first.ino)
  await prepare({ cloudInit: { ...cloudInit, userData: '#cloud-config\nx: y\n' } })
  assert.notEqual(statSync(path).ino, first.ino)
  assert.deepEqual(readdirSync(at('seeds')), ['mail.iso'])
})

test("an administrator's own XML is adopted", async () => {
  const maker = createMachineMaker({ seedDirectory: at('seeds') })
  const xml = await maker.prepare(
    guest({ kind: 'xml', file: '/x.xml', xml: '<domain type="kvm"><name>x</name></domain>' }),
  )
  assert.match(xml, /<name>mail<\/name>/)
})

test('a domain that libvirt has already is not prepared: asking for it is a mistake in the program', async () => {
  const maker = createMachineMaker({ seedDirectory: at('seeds') })
  await assert.rejects(maker.prepare(guest({ kind: 'existing', domain: 'x' })), { name: 'AssertionError' })
})

test('the real qemu-img, where it is installed, makes a disk it recognises', async (context) => {
  if (spawnSync('qemu-img', ['--version']).error) {
    context.diagnostic('qemu-img is not installed')
    return
  }
  await prepare({ disks: [disk({ createMib: 16, format: 'qcow2' })] }, 'qemu-img')
  const { stdout } = spawnSync('qemu-img', ['info', '--output=json', at('a.img')], { encoding: 'utf8' })
  const info = JSON.parse(stdout)
  assert.equal(info.format, 'qcow2')
  assert.equal(info['virtual-size'], 16 * 1024 * 1024)
})
