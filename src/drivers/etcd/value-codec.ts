import { promisify } from 'node:util'
import { deflate, inflate } from 'node:zlib'
import { storeLimits } from '../../ports/store-limits.ts'
import { utf8 } from './wire.ts'

const deflated = promisify(deflate)
const inflated = promisify(inflate)

/**
 * Values from this size on are compressed: every write of a cluster file travels to every member's disk, and JSON shrinks to a
 * tenth. Smaller ones stay readable with `etcdctl get`.
 */
const compressFromBytes = 16 * 1024

/** Begins a compressed value. No UTF-8 text has the byte 0xff. */
const marker = Buffer.from([0xff, 0x7a])

export async function encodeValue(text: string): Promise<Buffer> {
  const bytes = Buffer.from(text, 'utf8')
  if (bytes.length < compressFromBytes) return bytes
  const small = await deflated(bytes, { level: 4 })
  return small.length + marker.length < bytes.length ? Buffer.concat([marker, small]) : bytes
}

/** Null: not written by us. Never more than the largest value the port takes, whatever the bytes claim. */
export async function decodeValue(bytes: Buffer): Promise<string | null> {
  if (bytes[0] !== marker[0]) return utf8(bytes)
  if (!bytes.subarray(0, marker.length).equals(marker)) return null
  try {
    return utf8(await inflated(bytes.subarray(marker.length), { maxOutputLength: storeLimits.valueBytes }))
  } catch {
    // Not a stream of zlib's, or one that grows beyond any value of ours: the caller names the key.
    return null
  }
}
