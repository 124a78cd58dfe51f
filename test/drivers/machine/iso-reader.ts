import assert from 'node:assert/strict'

/** Reads an image by following its pointers, as a guest would: nothing here knows where our writer puts things. */
export function readIso(image: Buffer, kind: 'primary' | 'joliet'): { label: string; files: Record<string, string> } {
  const descriptor = findDescriptor(image, kind === 'primary' ? 1 : 2)
  const text = (bytes: Buffer) =>
    kind === 'primary' ? bytes.toString('latin1') : Buffer.from(bytes).swap16().toString('utf16le')
  assert.equal(both32(descriptor, 80), image.length / 2048, 'size of the volume')
  assert.equal(both16(descriptor, 128), 2048)
  const root = descriptor.subarray(156, 156 + 34)
  const little = image.subarray(descriptor.readUInt32LE(140) * 2048)
  const big = image.subarray(descriptor.readUInt32BE(148) * 2048)
  assert.equal(little.readUInt32LE(2), both32(root, 2), 'path table, little')
  assert.equal(big.readUInt32BE(2), both32(root, 2), 'path table, big')
  const files: Record<string, string> = {}
  let at = both32(root, 2) * 2048
  const end = at + both32(root, 10)
  const folders: number[] = []
  while (at < end && image[at] !== 0) {
    const length = image.readUInt8(at)
    const record = image.subarray(at, at + length)
    assert.equal(length % 2, 0)
    const name = record.subarray(33, 33 + record.readUInt8(32))
    if ((record.readUInt8(25) & 2) !== 0) folders.push(name.readUInt8(0))
    else {
      const start = both32(record, 2) * 2048
      files[text(name).replace(/;1$/, '')] = image.toString('utf8', start, start + both32(record, 10))
    }
    at += length
  }
  assert.deepEqual(folders, [0, 1], 'the folder and its parent')
  return { label: text(descriptor.subarray(40, 72)).trim(), files }
}

function findDescriptor(image: Buffer, type: number): Buffer {
  for (let sector = 16; ; sector += 1) {
    const descriptor = image.subarray(sector * 2048, (sector + 1) * 2048)
    assert.equal(descriptor.toString('latin1', 1, 6), 'CD001')
    assert.notEqual(descriptor.readUInt8(0), 255, 'no such descriptor')
    if (descriptor.readUInt8(0) === type) return descriptor
  }
}

function both32(buffer: Buffer, at: number): number {
  assert.equal(buffer.readUInt32LE(at), buffer.readUInt32BE(at + 4))
  return buffer.readUInt32LE(at)
}

function both16(buffer: Buffer, at: number): number {
  assert.equal(buffer.readUInt16LE(at), buffer.readUInt16BE(at + 2))
  return buffer.readUInt16LE(at)
}
