import { get } from 'node:http'
import { begun, fault, hasBegun, now, outcome, type Running, Silence, type WishOf } from './telling.ts'

/** A download that stands still for so long will not go on. */
const stallLimitMs = 60_000

export function transfer({ address, port, path }: WishOf<'transfer'>): Running {
  const silence = new Silence()
  const from = now()
  let [bytes, expected, broken] = [0, null as number | null, true]
  const done = (): void => {
    silence.heard()
    const tookMs = Math.max(now() - from, 0.001)
    const bytesPerSecond = (bytes / tookMs) * 1_000
    const common = { kind: 'transfer', bytes, expectedBytes: expected, tookMs, bytesPerSecond } as const
    outcome({ ...common, broken, longestSilenceMs: silence.longestMs })
  }
  const request = get({ host: address, port, path, agent: false }, (answer) => {
    if (answer.statusCode !== 200) return fault('refused', `HTTP ${answer.statusCode} ${path}`)
    const length = Number(answer.headers['content-length'] ?? Number.NaN)
    expected = Number.isFinite(length) ? length : null
    silence.heard()
    begun()
    answer.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      silence.heard()
    })
    answer.on('end', () => {
      broken = !answer.complete || (expected !== null && bytes !== expected)
      done()
    })
    answer.on('error', done)
    answer.on('close', done)
  })
  request.setTimeout(stallLimitMs, () => request.destroy())
  request.on('error', (error) => (hasBegun() ? done() : fault('refused', error.message)))
  return {
    stop: () => {
      request.destroy()
      done()
    },
  }
}
