import { spawnSync } from 'node:child_process'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'

/**
 * The ELF kernel inside an x86 bzImage. QEMU boots it directly (PVH), which spares every guest the decompression:
 * about half a second each under emulation. Undefined when the image holds something else (another architecture, a
 * compression unknown here): the caller then boots the image as it is.
 */
export function unpackKernel(image: Buffer): Buffer | undefined {
  if (image.length < 0x250 || image.toString('latin1', 0x202, 0x206) !== 'HdrS') return undefined
  const setupSectors = image[0x1f1] || 4
  const start = (setupSectors + 1) * 512 + image.readUInt32LE(0x248)
  const payload = image.subarray(start, start + image.readUInt32LE(0x24c))
  const kernel = decompress(payload.subarray(0, 2).equals(GZIP) ? payload : withoutSizeWord(payload))
  return kernel?.subarray(0, 4).equals(ELF) ? kernel : undefined
}

/** Kernel modules may be compressed too (.ko.xz on Debian 13). */
export function decompress(data: Buffer): Buffer | undefined {
  const magic = data.subarray(0, 6)
  if (magic.subarray(0, 2).equals(GZIP)) return gunzipSync(data)
  if (magic.subarray(0, 4).equals(ZSTD)) return zstdDecompressSync(data)
  if (magic.subarray(0, 4).equals(LZ4_LEGACY)) return unpackLz4(data)
  if (magic.equals(XZ)) return unpackXz(data)
  return undefined
}

const ELF = Buffer.from([0x7f, 0x45, 0x4c, 0x46])
const GZIP = Buffer.from([0x1f, 0x8b])
const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd])
const LZ4_LEGACY = Buffer.from([0x02, 0x21, 0x4c, 0x18])
const XZ = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00])

/** The kernel's build appends the unpacked size to all formats but gzip, which a decompressor would take for a second stream. */
function withoutSizeWord(data: Buffer): Buffer {
  return data.subarray(0, data.length - 4)
}

function unpackXz(data: Buffer): Buffer {
  const unpacked = spawnSync('xz', ['-dc'], { input: data, maxBuffer: 1 << 28 })
  if (unpacked.error) throw new Error("'xz' is needed to unpack the guests' kernel: run 'scripts/setup lab'")
  if (unpacked.status !== 0) throw new Error(`xz could not unpack: ${unpacked.stderr.toString('utf8').trim()}`)
  return unpacked.stdout
}

/** LZ4's legacy frame: blocks with a length word, without checksums (lz4 frame format, "Legacy frame"). */
function unpackLz4(data: Buffer): Buffer {
  const blocks: Buffer[] = []
  let at = 4
  while (at + 4 <= data.length) {
    const size = data.readUInt32LE(at)
    at += 4
    if (size === 0 || at + size > data.length) break
    blocks.push(unpackLz4Block(data.subarray(at, at + size)))
    at += size
  }
  return Buffer.concat(blocks)
}

const LZ4_BLOCK_MAX = 8 << 20

function unpackLz4Block(block: Buffer): Buffer {
  const out = Buffer.alloc(LZ4_BLOCK_MAX)
  let at = 0
  let end = 0
  const lengthFrom = (start: number): number => {
    let length = start
    if (start !== 15) return length
    let more: number
    do {
      more = block[at++] ?? 0
      length += more
    } while (more === 255)
    return length
  }
  while (at < block.length) {
    const token = block[at++] ?? 0
    const literals = lengthFrom(token >> 4)
    block.copy(out, end, at, at + literals)
    at += literals
    end += literals
    if (at >= block.length) break
    const distance = block.readUInt16LE(at)
    at += 2
    const length = lengthFrom(token & 15) + 4
    // Source and target may overlap: that is how LZ4 repeats a pattern, so byte by byte.
    for (let index = 0; index < length; index++) out[end + index] = out[end - distance + index] ?? 0
    end += length
  }
  return out.subarray(0, end)
}
