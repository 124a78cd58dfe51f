import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { decompress, unpackKernel } from '../../lab/kernel.ts'

const ELF = Buffer.concat([Buffer.from([0x7f, 0x45, 0x4c, 0x46]), Buffer.from('kernel '.repeat(50))])

/** A bzImage with as much of a header as is read: four sectors of set-up, then the payload. */
function bzImage(payload: Buffer): Buffer {
  const header = Buffer.alloc(5 * 512)
  header[0x1f1] = 4
  header.write('HdrS', 0x202, 'latin1')
  header.writeUInt32LE(0, 0x248)
  header.writeUInt32LE(payload.length, 0x24c)
  return Buffer.concat([header, payload])
}

const sizeWord = Buffer.from([ELF.length, 0, 0, 0])

/** One LZ4 block: "abcd", then the same four bytes twice more as one overlapping copy, then the literal "e". */
const lz4Block = Buffer.from([0x44, 0x61, 0x62, 0x63, 0x64, 4, 0, 0x10, 0x65])
const lz4 = Buffer.concat([Buffer.from([0x02, 0x21, 0x4c, 0x18, lz4Block.length, 0, 0, 0]), lz4Block])

test('the kernel comes out of a bzImage, whatever it is packed with', () => {
  assert.deepEqual(unpackKernel(bzImage(gzipSync(ELF))), ELF)
  assert.deepEqual(unpackKernel(bzImage(Buffer.concat([zstdCompressSync(ELF), sizeWord]))), ELF)
})

test('LZ4 copies that overlap themselves repeat their pattern', () => {
  assert.equal(decompress(lz4)?.toString(), 'abcdabcdabcde')
})

test('what is no bzImage, or holds no ELF, is left as it is', () => {
  assert.equal(unpackKernel(Buffer.from('something else')), undefined)
  assert.equal(unpackKernel(bzImage(gzipSync(Buffer.from('not a kernel')))), undefined)
  assert.equal(decompress(Buffer.from('plain')), undefined)
})
