import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { XdrError } from '../../../src/drivers/libvirt/errors.ts'
import { progressOf } from '../../../src/drivers/libvirt/migration-job.ts'
import { FrameSplitter, HEADER_BYTES } from '../../../src/drivers/libvirt/protocol.ts'
import type { TypedParam } from '../../../src/drivers/libvirt/values.ts'
import { describeFrame, remake } from './describe-frame.ts'

interface Recorded {
  readonly sentByUs: boolean
  readonly what: string
  readonly frame: Buffer
}

const recorded: readonly Recorded[] = readFileSync(join(import.meta.dirname, 'fixtures', 'frames.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const [direction, name, kind, hex] = line.split(' ')
    return { sentByUs: direction === '>', what: `${name} ${kind}`, frame: Buffer.from(hex ?? '', 'hex') }
  })

const find = (what: string) => {
  const found = recorded.filter((one) => one.what === what)
  assert.ok(found.length > 0, `no frame recorded of ${what}`)
  return found.map((one) => remake(one.frame, one.sentByUs).value)
}

describe('frames recorded from a real libvirtd', () => {
  it('there are enough of them', () => assert.ok(recorded.length >= 100, `${recorded.length}`))

  it('each decodes, and encodes to the same bytes again', () => {
    for (const { what, frame, sentByUs } of recorded) {
      assert.equal(describeFrame(frame), what)
      assert.deepEqual(remake(frame, sentByUs).frame, frame, what)
    }
  })

  it('together, in one byte stream, they are cut apart as they were', () => {
    const frames = recorded.map(({ frame }) => frame)
    assert.deepEqual(new FrameSplitter().push(Buffer.concat(frames)), frames)
  })

  it('values are what libvirt meant', () => {
    assert.deepEqual(find('domainGetState reply')[0], { state: 1, reason: 1 })
    assert.deepEqual(find('connectGetType reply'), [{ type: 'TEST' }, { type: 'QEMU' }])
    const lease = { ipaddr: '10.99.0.7', prefix: 24, hostname: 'tiny', mac: '52:54:00:76:69:67' }
    const [leases] = find('networkGetDhcpLeases reply') as { leases: Record<string, unknown>[] }[]
    for (const [key, value] of Object.entries(lease)) assert.equal(leases?.leases[0]?.[key], value)
    const [agent] = find('qemuAgentCommand error') as { code: number }[]
    assert.equal(agent?.code, 86)
    const job = find('domainGetJobStats reply').at(-1) as { type: number; params: TypedParam[] }
    const moving = progressOf(job)
    assert.ok(moving !== null && moving.elapsedMs > 500 && moving.totalBytes > 64 << 20 && moving.sentBytes > 0)
    assert.deepEqual(find('domainMigratePerform3Params reply'), [{ cookieOut: Buffer.alloc(0) }])
    assert.deepEqual(find('connectCompareHypervisorCpu reply')[0], { result: 2 })
    const [stats] = find('connectGetAllDomainStats reply') as { retStats: { params: { field: string }[] }[] }[]
    assert.ok(stats?.retStats[0]?.params.some(({ field }) => field === 'state.state'))
  })

  it('cut off at any byte of its payload, a frame gives XdrError', () => {
    for (const { frame, sentByUs, what } of recorded) {
      if (what.endsWith('stream')) continue
      for (let size = HEADER_BYTES; size < frame.length; size += frame.length > 500 ? 37 : 1) {
        if (size > HEADER_BYTES || !sentByUs) refuses(frame.subarray(0, size), sentByUs, what)
      }
    }
  })

  it('with bytes changed, a frame decodes or gives XdrError', () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(fc.constantFrom(...recorded), changes, ({ frame, sentByUs }, list) => {
        const changed = Buffer.from(frame)
        for (const [where, byte] of list) changed[HEADER_BYTES + (where % (frame.length - HEADER_BYTES + 1))] = byte
        orXdrError(() => remake(changed, sentByUs))
      }),
      { numRuns: 2000 },
    )
  })
})

function refuses(frame: Buffer, sentByUs: boolean, what: string): void {
  assert.throws(() => remake(frame, sentByUs), XdrError, `${what} of ${frame.length} bytes`)
}

function orXdrError(run: () => unknown): void {
  try {
    run()
  } catch (error) {
    assert.ok(error instanceof XdrError, `threw ${String(error)}`)
  }
}
