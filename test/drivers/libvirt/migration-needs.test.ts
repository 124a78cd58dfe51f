import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hostCpuIn } from '../../../src/drivers/libvirt/host-cpu.ts'
import { migrationNeedsIn } from '../../../src/drivers/libvirt/migration-needs.ts'

const cpu = `  <cpu mode='custom' match='exact' check='full'>
    <model fallback='forbid'>Skylake-Client</model>
    <feature policy='require' name='hypervisor'/>
  </cpu>`

const domain = (inside: string, devices = '') => `<domain type='kvm' id='3'>
  <name>db</name>
  <metadata>
    <app xmlns='https://app.example'>
      <cpu>four</cpu>
    </app>
  </metadata>
  <memory unit='MiB'>2048</memory>
  <cputune/>
${inside}
  <devices>${devices}</devices>
</domain>`

const os = `  <os>
    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>
    <kernel>/boot/guest</kernel>
  </os>`

const isLocal = async (path: string) => path.startsWith('/images/')
const needsIn = (xml: string) => migrationNeedsIn(xml, 'a CPU', isLocal)

test('memory, machine, CPU, files and devices are read from the live definition', async () => {
  const devices = `
    <disk type='file' device='disk'><source file='/images/db.qcow2'/><target dev='vda'/></disk>
    <disk type='block' device='disk'><source dev='/dev/drbd0'/><target dev='vdb'/></disk>
    <disk type='network' device='disk'><source protocol='rbd' name='pool/image'/><target dev='vdc'/></disk>
    <disk type='file' device='cdrom'><source file='/isos/debian.iso'/><target dev='sda'/></disk>
    <disk type='file' device='cdrom'><source file='/isos/spare.iso' startupPolicy='optional'/><target dev='sdb'/></disk>
    <disk type='file' device='cdrom'><target dev='sdc'/><readonly/></disk>
    <hostdev mode='subsystem' type='usb'/><hostdev mode='subsystem' type='pci'/>
    <interface type='hostdev'/><interface type='bridge'/>
    <tpm model='tpm-tis'><backend type='passthrough'/></tpm><filesystem type='mount'/>`
  assert.deepEqual(await needsIn(domain(`${os}\n${cpu}`, devices)), {
    memoryMib: 2048,
    arch: 'x86_64',
    machine: 'pc-q35-7.2',
    virtType: 'kvm',
    cpu: { kind: 'model', xml: cpu.trim() },
    files: [
      { path: '/boot/guest', writable: false, local: false },
      { path: '/images/db.qcow2', writable: true, local: true },
      { path: '/dev/drbd0', writable: true, local: false },
      { path: '/isos/debian.iso', writable: false, local: false },
    ],
    devices: ['hostdev usb', 'hostdev pci', 'filesystem', 'interface hostdev', 'tpm passthrough'],
  })
})

test('a guest that sees the CPU of its host needs its like; one without a word on it, any', async () => {
  for (const mode of ['host-passthrough', 'maximum']) {
    const needs = await needsIn(domain(`${os}\n  <cpu mode='${mode}' check='none' migratable='on'/>`))
    assert.deepEqual(needs?.cpu, { kind: 'host', cpu: 'a CPU' })
  }
  assert.deepEqual((await needsIn(domain(os)))?.cpu, { kind: 'any' })
  const topology = "  <cpu>\n    <topology sockets='1' dies='1' cores='2' threads='1'/>\n  </cpu>"
  assert.deepEqual((await needsIn(domain(`${os}\n${topology}`)))?.cpu, { kind: 'any' })
})

test('what is no domain needs nothing that is known', async () => {
  assert.equal(await needsIn('<network/>'), null)
  assert.equal(await needsIn('not XML <'), null)
})

test('two CPUs read the same where a guest could not tell them apart', () => {
  const capabilities = (microcode: string, family: string, ...features: string[]) => `<capabilities>
  <host>
    <cpu><arch>x86_64</arch><model>Skylake-Client</model><vendor>Intel</vendor><microcode version='${microcode}'/>
      <signature family='${family}' model='94' stepping='3'/>${features.map((name) => `<feature name='${name}'/>`).join('')}
    </cpu>
  </host>
</capabilities>`
  const one = hostCpuIn(capabilities('1', '6', 'vmx', 'ds'))
  assert.equal(one, 'Intel Skylake-Client 6 94 ds vmx')
  assert.equal(hostCpuIn(capabilities('2', '6', 'ds', 'vmx')), one)
  assert.notEqual(hostCpuIn(capabilities('1', '7', 'vmx', 'ds')), one)
  assert.notEqual(hostCpuIn(capabilities('1', '6', 'vmx')), one)
  assert.equal(hostCpuIn('<capabilities><host/></capabilities>'), null)
})
