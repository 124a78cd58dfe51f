import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { Duplex } from 'node:stream'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Connection } from '../../../src/drivers/libvirt/connection.ts'
import { ConnectionError, LibvirtError } from '../../../src/drivers/libvirt/errors.ts'

/** What libvirtd once sent. */
const received: readonly Buffer[] = readFileSync(join(import.meta.dirname, 'fixtures', 'frames.txt'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('<'))
  .map((line) => Buffer.from(line.split(' ').at(-1) ?? '', 'hex'))

const RUNS = 300

describe('a connection fed with anything', () => {
  const changed = fc
    .tuple(fc.constantFrom(...received), fc.nat(), fc.nat({ max: 255 }), fc.nat())
    .map(([frame, where, byte, cut]) => {
      const bytes = Buffer.from(frame)
      bytes[where % bytes.length] = byte
      return cut % 4 === 0 ? bytes.subarray(0, cut % bytes.length) : bytes
    })
  const feeds = [
    ['random bytes', fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 8 })],
    ['real frames out of place', fc.array(fc.constantFrom(...received), { maxLength: 8 })],
    ['real frames with a byte changed, some cut short', fc.array(changed, { maxLength: 8 })],
  ] as const
  for (const [what, chunks] of feeds) {
    it(`${what}: every call settles, and nothing else happens (L1, L2)`, async () => {
      await fc.assert(
        fc.asyncProperty(chunks as fc.Arbitrary<Uint8Array[]>, async (list) => survives(list)),
        { numRuns: RUNS },
      )
    })
  }
})

async function survives(chunks: readonly Uint8Array[]): Promise<void> {
  const socket = new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() })
  const connection = new Connection(socket as unknown as Socket)
  connection.onEvent(() => {})
  const asked = connection.call('connectGetHostname', {}).catch((error: unknown) => error)
  for (const chunk of chunks) socket.push(chunk)
  socket.push(null)
  socket.end()
  const settled = await asked
  const fine = settled instanceof ConnectionError || settled instanceof LibvirtError || isHostname(settled)
  assert.ok(fine, String(settled))
  connection.close()
}

function isHostname(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'hostname' in value
}
