import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { XdrError } from '../../../src/drivers/libvirt/errors.ts'
import {
  decodeHeader,
  encodeFrame,
  FRAME_MAX_BYTES,
  FrameSplitter,
  HEADER_BYTES,
  payloadOf,
} from '../../../src/drivers/libvirt/protocol.ts'

const header = { program: 0x20008086, version: 1, procedure: 66, type: 0, serial: 1, status: 0 }

function lengthWord(length: number): Buffer {
  const word = Buffer.alloc(4)
  word.writeUInt32BE(length)
  return word
}

describe('frames', () => {
  it('the length word counts itself', () => {
    const frame = encodeFrame(header, Buffer.from([1, 2, 3, 4]))
    assert.equal(frame.toString('hex'), '0000002020008086000000010000004200000000000000010000000001020304')
    assert.deepEqual(decodeHeader(frame), header)
    assert.deepEqual(payloadOf(frame), Buffer.from([1, 2, 3, 4]))
  })

  it('types and statuses that do not exist are refused', () => {
    assert.throws(() => decodeHeader(encodeFrame({ ...header, type: 7 }, Buffer.alloc(0))), XdrError)
    assert.throws(() => decodeHeader(encodeFrame({ ...header, status: 3 }, Buffer.alloc(0))), XdrError)
  })

  it('any cutting of the byte stream gives the same frames', () => {
    const payloads = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(payloads, fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1 }), (bodies, cuts) => {
        const frames = bodies.map((body) => encodeFrame(header, body))
        assert.deepEqual(split(Buffer.concat(frames), cuts), frames)
      }),
    )
  })

  it('a length no frame may have is refused at once', () => {
    for (const length of [0, 4, HEADER_BYTES - 1, FRAME_MAX_BYTES + 1, 0xffffffff]) {
      assert.throws(() => new FrameSplitter().push(lengthWord(length)), XdrError, `${length}`)
    }
  })

  it('a length word that promises megabytes waits for them and allocates none', () => {
    const splitter = new FrameSplitter()
    const before = process.memoryUsage().arrayBuffers
    assert.deepEqual(splitter.push(lengthWord(FRAME_MAX_BYTES)), [])
    assert.ok(splitter.midFrame)
    assert.ok(process.memoryUsage().arrayBuffers - before < 1_000_000)
  })

  it('random bytes give frames, wait for more, or are refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        try {
          new FrameSplitter().push(Buffer.from(bytes)).map(decodeHeader)
        } catch (error) {
          assert.ok(error instanceof XdrError)
        }
      }),
    )
  })
})

/** The frames of `bytes` when it arrives in chunks of the given sizes, over and over. */
function split(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const splitter = new FrameSplitter()
  const frames: Buffer[] = []
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = cuts[turn % cuts.length] ?? 1
    frames.push(...splitter.push(bytes.subarray(at, at + size)))
    at += size
  }
  return frames
}
