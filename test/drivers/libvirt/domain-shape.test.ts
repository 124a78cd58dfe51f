import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { domainMark } from '../../../src/drivers/libvirt/domain-mark.ts'
import { domainShape } from '../../../src/drivers/libvirt/domain-shape.ts'
import { guestId } from '../../../src/model/ids.ts'

const xml = `<domain type='kvm' id='3'>
  <name>db</name>
  <memory unit='KiB'>2097152</memory>
  <currentMemory unit='GiB'>1</currentMemory>
  <vcpu placement='static' current='2'>4</vcpu>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2'/><source file='/images/db &amp; more.qcow2'/><target dev='vda' bus='virtio'/>
    </disk>
    <disk type='network' device='disk'><source protocol='rbd' name='pool/image'/><target dev='vdb'/></disk>
    <disk type='file' device='cdrom'><target dev='sda'/><readonly/></disk>
    <interface type='bridge'><mac address='52:54:00:AA:BB:CC'/><source bridge='br0'/><model type='virtio'/></interface>
    <interface type='user'/>
  </devices>
</domain>`

test('memory, processors, disks and interfaces are read from the definition', () => {
  assert.deepEqual(domainShape(xml), {
    memoryMib: 1024,
    memoryMaxMib: 2048,
    cpus: 4,
    disks: [
      { target: 'vda', source: '/images/db & more.qcow2', format: 'qcow2', device: 'disk', readOnly: false },
      { target: 'vdb', source: 'pool/image', format: null, device: 'disk', readOnly: false },
      { target: 'sda', source: null, format: null, device: 'cdrom', readOnly: true },
    ],
    interfaces: [
      { kind: 'bridge', source: 'br0', mac: '52:54:00:aa:bb:cc', model: 'virtio' },
      { kind: 'user', source: null, mac: null, model: null },
    ],
    madeFor: null,
  })
})

test('a domain that Vigia made is known by its mark, whatever its prefix', () => {
  const marked = (prefix: string) => {
    const { attributes } = domainMark(guestId('web')) as unknown as { attributes: Record<string, string> }
    const namespace = attributes['xmlns:vigia']
    return `<domain><metadata><${prefix}:guest xmlns:${prefix}="${namespace}" id="web"/></metadata></domain>`
  }
  assert.equal(domainShape(marked('vigia')).madeFor, 'web')
  assert.equal(domainShape(marked('v2')).madeFor, 'web')
  assert.equal(domainShape('<domain><metadata><a:guest xmlns:a="x" id="web"/></metadata></domain>').madeFor, null)
})

test('anything at all gives a shape, if an empty one', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.nat(xml.length).map((end) => xml.slice(0, end)),
      ),
      (text) => {
        assert.ok(Array.isArray(domainShape(text).disks))
      },
    ),
  )
})
