import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { dataUriOf, knock, libvirtAddress } from '../../../src/drivers/libvirt/migration-target.ts'
import { Fault } from '../../../src/model/fault.ts'
import { hostId } from '../../../src/model/ids.ts'

test('libvirt listens where its URI says, or where it usually does', () => {
  const rows: readonly (readonly [string, string, number])[] = [
    ['qemu+tls://b.example/system', 'b.example', 16_514],
    ['qemu://b.example/system', 'b.example', 16_514],
    ['qemu+tcp://10.0.0.2/system', '10.0.0.2', 16_509],
    ['qemu+ssh://root@b.example/system', 'b.example', 22],
    ['qemu+tls://b.example:16999/system?pkipath=/etc/pki', 'b.example', 16_999],
    ['qemu+tls://[fd00::2]/system', 'fd00::2', 16_514],
  ]
  for (const [uri, host, port] of rows) assert.deepEqual(libvirtAddress(uri), { host, port }, uri)
})

test('a URI that leads to no other host is refused', () => {
  for (const uri of ['', 'b.example', 'qemu:///system', 'qemu+unix://b/system', 'qemu+carrier://b/system']) {
    assert.throws(() => libvirtAddress(uri), Fault, uri)
  }
})

test('memory goes to the host of the URI, or where it is told to go', () => {
  const to = (uri: string, dataUri: string | null = null) => ({ host: hostId('b'), uri, dataUri })
  assert.equal(dataUriOf(to('qemu+tls://b.example/system')), 'tcp://b.example')
  assert.equal(dataUriOf(to('qemu+tls://[fd00::2]/system')), 'tcp://[fd00::2]')
  assert.equal(dataUriOf(to('qemu+tls://b.example/system', 'tcp://10.1.0.2')), 'tcp://10.1.0.2')
})

test('who listens is found, who does not is told at once, a name nobody knows as well', async () => {
  const server = createServer((socket) => socket.destroy())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  const here = { host: '127.0.0.1', port: address.port }
  await knock(here, 1_000)
  server.close()
  await once(server, 'close')
  await assert.rejects(knock(here, 1_000), /ECONNREFUSED/)
  await assert.rejects(knock({ host: 'nobody.invalid', port: 1 }, 1_000), /nobody\.invalid: name unknown/)
})
