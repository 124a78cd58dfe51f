import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type VncPlace, vncLine, vncPlace } from '../../../src/drivers/libvirt/graphics.ts'

const domain = (devices: string): string => `<domain type='kvm'><name>web</name><devices>${devices}</devices></domain>`

test('where a guest’s VNC server listens', () => {
  const table: [string, VncPlace | null][] = [
    ['', null],
    [`<graphics type='spice' port='5900'/>`, null],
    [`<graphics type='vnc' port='-1' autoport='yes'/>`, null],
    [
      `<graphics type='vnc' port='5901' autoport='yes' listen='127.0.0.1'><listen type='address' address='127.0.0.1'/></graphics>`,
      { host: '127.0.0.1', port: 5_901 },
    ],
    [`<graphics type='vnc' port='5900' listen='0.0.0.0'/>`, { host: '127.0.0.1', port: 5_900 }],
    [`<graphics type='vnc' port='5900'><listen type='address' address='::'/></graphics>`, { host: '::1', port: 5_900 }],
    [
      `<graphics type='vnc' port='5900'><listen type='address' address='192.0.2.1'/></graphics>`,
      { host: '192.0.2.1', port: 5_900 },
    ],
    [`<graphics type='vnc' socket='/run/web.vnc'/>`, { path: '/run/web.vnc' }],
    [
      `<graphics type='spice' port='5900'/><graphics type='vnc'><listen type='socket' socket='/run/b.vnc'/></graphics>`,
      { path: '/run/b.vnc' },
    ],
    [`<graphics type='vnc'><listen type='none'/></graphics>`, null],
  ]
  for (const [devices, place] of table) assert.deepEqual(vncPlace(domain(devices)), place, devices)
  assert.equal(vncPlace('no xml'), null)
})

/** A server that speaks first, as VNC's does. */
async function server(context: TestContext, serve: (socket: Socket) => void): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'vigia-vnc-'))
  const path = join(folder, 'vnc')
  const sockets = new Set<Socket>()
  const listening = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    serve(socket)
  })
  await new Promise<void>((resolve) => listening.listen(path, resolve))
  context.after(() => {
    for (const socket of sockets) socket.destroy()
    listening.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return path
}

test('bytes go both ways, and either end ends it', async (context) => {
  const path = await server(context, (socket) => {
    socket.write('RFB 003.008\n')
    socket.on('data', (bytes) => {
      if (String(bytes) === 'bye') socket.end()
      else socket.write(bytes)
    })
  })
  const line = await vncLine('web', { path })
  const output = line.output[Symbol.asyncIterator]()
  assert.equal(String(Buffer.from((await output.next()).value as Uint8Array)), 'RFB 003.008\n')
  await line.write(Buffer.from('hello'))
  assert.equal(String(Buffer.from((await output.next()).value as Uint8Array)), 'hello')
  await line.write(Buffer.from('bye'))
  assert.equal((await output.next()).done, true)
  line.close()
  await assert.rejects(line.write(Buffer.from('late')), { code: 'domain-refused' })
  const other = await vncLine('web', { path })
  other.close()
  other.close()
  for await (const _ of other.output) assert.fail('it was closed')
})

test('a server that is not there is a fault that says where', async () => {
  await assert.rejects(vncLine('web', { path: '/nonexistent/vnc' }), (error: unknown) => {
    const { code, details } = error as { code: string; details: { text: string } }
    return code === 'domain-refused' && details.text.startsWith('/nonexistent/vnc: ')
  })
})

test('who does not read holds the sender up, and not our memory', async (context) => {
  let sent = 0
  const path = await server(context, (socket) => {
    const piece = Buffer.alloc(1024 * 1024)
    const more = (): void => {
      while (socket.writable && sent < 256) {
        sent += 1
        if (!socket.write(piece)) break
      }
    }
    socket.on('drain', more)
    more()
  })
  const line = await vncLine('web', { path })
  await new Promise((resolve) => setTimeout(resolve, 200))
  assert.ok(sent < 64, `${sent} MiB were taken unread`)
  line.close()
})
