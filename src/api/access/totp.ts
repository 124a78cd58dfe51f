import { createHmac, randomBytes } from 'node:crypto'
import { same } from './secrets.ts'

/** RFC 6238 as every authenticator understands it: SHA-1, six digits, steps of 30 s. */
const stepMs = 30_000
const digits = 6

/** A clock may be a step off, either way. */
const drift = 1

const secretBytes = 20

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** A new one, base32. */
export function newTotpSecret(): string {
  let [bits, text] = ['', '']
  for (const byte of randomBytes(secretBytes)) bits += byte.toString(2).padStart(8, '0')
  for (let at = 0; at < bits.length; at += 5) text += base32[Number.parseInt(bits.slice(at, at + 5), 2)]
  return text
}

/** What an authenticator is set up with, as a picture or typed in. */
export function totpUri(secret: string, account: string, cluster: string): string {
  const label = `${encodeURIComponent(cluster)}:${encodeURIComponent(account)}`
  return `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(cluster)}`
}

/** The step whose code this is, if it is newer than `lastStep`; null: none. All that may be are computed, whichever it is. */
export function acceptedStep(secret: string, code: string, atMs: number, lastStep: number): number | null {
  const now = Math.floor(atMs / stepMs)
  let found: number | null = null
  for (let step = now - drift; step <= now + drift; step++) {
    if (same(totpCode(secret, step), code) && step > lastStep) found = step
  }
  return found
}

export function totpCode(secret: string, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac('sha1', bytesOf(secret)).update(counter).digest()
  const offset = (mac.at(-1) ?? 0) & 0xf
  const figure = (mac.readUInt32BE(offset) & 0x7fffffff) % 10 ** digits
  return String(figure).padStart(digits, '0')
}

function bytesOf(secret: string): Buffer {
  let bits = ''
  for (const letter of secret) bits += Math.max(0, base32.indexOf(letter)).toString(2).padStart(5, '0')
  const bytes = bits.match(/.{8}/g) ?? []
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)))
}
