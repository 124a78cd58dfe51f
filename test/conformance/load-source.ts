import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TransferOutcome } from '../../src/model/drill.ts'
import { Fault } from '../../src/model/fault.ts'
import type { LoadSource, LoadWish } from '../../src/ports/load-source.ts'

/** A guest that serves HTTP, and what may befall it. */
export interface LoadSourceUnderTest {
  readonly source: LoadSource
  readonly address: string
  readonly port: number
  /** A download of a second or two. */
  readonly transferPath: string
  readonly loadPath: string
  /** Nothing answers any more, and what is open ends. */
  silence(): Promise<void>
  wake(): Promise<void>
  /** All open connections end; new ones are taken. */
  cut(): Promise<void>
  /** Of a clock that never goes back. */
  nowMs(): number
  /** At least so long, on a busy machine longer. */
  pass(ms: number): Promise<void>
  close(): Promise<void>
}

/** What every `LoadSource` keeps, whatever it measures. */
export function loadSourceConformance(name: string, make: () => Promise<LoadSourceUnderTest>): void {
  const claim = (text: string, run: (under: LoadSourceUnderTest) => Promise<void>): void => {
    test(`${name}: ${text}`, async () => {
      const under = await make()
      try {
        await run(under)
      } finally {
        await under.close()
      }
    })
  }
  downtime(claim)
  transfer(claim)
  load(claim)
  claim('a guest that does not answer is a fault, and nothing was done', async (under) => {
    await under.silence()
    const { address, port, transferPath: path } = under
    await assert.rejects(
      under.source.measure({ kind: 'transfer', address, port, path, repeats: false }),
      (error) => error instanceof Fault && error.outcome === 'not-done',
    )
  })
}

type Claim = (text: string, run: (under: LoadSourceUnderTest) => Promise<void>) => void

const intervalMs = 50

function downtimeWish({ address, port }: LoadSourceUnderTest): LoadWish {
  return { kind: 'downtime', address, intervalMs, by: { kind: 'connect', port } }
}

function downtime(claim: Claim): void {
  claim('a guest that answers all the time loses nothing', async (under) => {
    const began = under.nowMs()
    const measurement = await under.source.measure(downtimeWish(under))
    await under.pass(1_000)
    const outcome = await measurement.stop()
    const most = (under.nowMs() - began) / intervalMs + 1
    assert.ok(outcome.kind === 'downtime')
    assert.deepEqual([outcome.lost, outcome.duplicated, outcome.received], [0, 0, outcome.sent])
    // A busy machine asks late, and never too often.
    assert.ok(outcome.sent >= 5 && outcome.sent <= most, `sent ${outcome.sent}, at most ${most}`)
    assert.deepEqual(await measurement.stop(), outcome)
  })
  claim('a silence is lost pings, and as long as it was', async (under) => {
    const measurement = await under.source.measure(downtimeWish(under))
    await under.pass(300)
    const silentAt = under.nowMs()
    await under.silence()
    await under.pass(1_000)
    await under.wake()
    const silentMs = under.nowMs() - silentAt
    await under.pass(300)
    const outcome = await measurement.stop()
    const sinceMs = under.nowMs() - silentAt
    assert.ok(outcome.kind === 'downtime')
    const most = silentMs / intervalMs + 2
    assert.ok(outcome.lost >= 5 && outcome.lost <= most, `lost ${outcome.lost}, at most ${most}`)
    assert.equal(outcome.sent, outcome.received + outcome.lost)
    const { longestSilenceMs } = outcome
    const late = 10 * intervalMs
    assert.ok(longestSilenceMs >= 990 && longestSilenceMs <= sinceMs + late, `silent ${longestSilenceMs}`)
  })
}

function transfer(claim: Claim): void {
  const wish = ({ address, port, transferPath: path }: LoadSourceUnderTest): LoadWish => ({
    ...{ kind: 'transfer', address, port, path, repeats: false },
  })
  claim('a download ends by itself, whole', async (under) => {
    const measurement = await under.source.measure(wish(under))
    const outcome = await measurement.ended
    assert.ok(outcome.kind === 'transfer')
    assert.deepEqual([outcome.downloads, outcome.broken, outcome.bytes], [1, false, outcome.expectedBytes])
    assert.ok(Math.abs(outcome.bytesPerSecond - (outcome.bytes / outcome.tookMs) * 1_000) < 1)
    assert.deepEqual(await measurement.stop(), outcome)
  })
  claim('one that is cut is broken, with what had come', async (under) => {
    const measurement = await under.source.measure(wish(under))
    await under.pass(300)
    await under.cut()
    const outcome = await measurement.ended
    assert.ok(outcome.kind === 'transfer')
    assert.ok(outcome.broken && outcome.bytes > 0 && outcome.bytes < outcome.expectedBytes!)
  })
  claim('one that repeats goes on until it is enough, and the last is whole', async (under) => {
    const one = (await (await under.source.measure(wish(under))).ended) as TransferOutcome
    const measurement = await under.source.measure({ ...wish(under), repeats: true } as LoadWish)
    const began = under.nowMs()
    await under.pass(one.tookMs * 2.5)
    const until = under.nowMs() - began
    measurement.enough()
    measurement.enough()
    const outcome = await measurement.ended
    assert.ok(outcome.kind === 'transfer')
    const { downloads, broken, bytes, expectedBytes } = outcome
    // None is quicker than its server lets it, and one is under way when it is enough.
    const most = until / 1_000 + 1
    assert.ok(downloads >= 2 && downloads <= most, `${downloads} downloads, at most ${most}`)
    assert.deepEqual(
      { broken, bytes, expectedBytes },
      { broken: false, bytes: downloads * one.bytes, expectedBytes: bytes },
    )
  })
  claim('one that repeats is over when it is cut', async (under) => {
    const measurement = await under.source.measure({ ...wish(under), repeats: true } as LoadWish)
    await under.pass(300)
    await under.cut()
    const outcome = await measurement.ended
    assert.ok(outcome.kind === 'transfer' && outcome.broken)
  })
  claim('one that is stopped is broken', async (under) => {
    const measurement = await under.source.measure(wish(under))
    await under.pass(200)
    const outcome = await measurement.stop()
    assert.ok(outcome.kind === 'transfer' && outcome.broken)
  })
}

function load(claim: Claim): void {
  const wish = ({ address, port, loadPath: path }: LoadSourceUnderTest, requests: number): LoadWish => ({
    ...{ kind: 'load', address, port, path, connections: 5, requests },
  })
  claim('a load of so many requests ends by itself, all answered on kept connections', async (under) => {
    const outcome = await (await under.source.measure(wish(under, 500))).ended
    assert.ok(outcome.kind === 'load')
    const { requests, answered, lost, duplicated, broken, connections } = outcome
    assert.deepEqual(
      { requests, answered, lost, duplicated, broken, connections },
      {
        ...{ requests: 500, answered: 500, lost: 0, duplicated: 0, broken: 0, connections: 5 },
      },
    )
    assert.ok(outcome.p50Ms <= outcome.p99Ms && outcome.p99Ms <= outcome.slowestMs)
    assert.ok(outcome.meanMs > 0 && outcome.bytes > 0 && outcome.requestsPerSecond > 0)
  })
  claim(
    'connections that are cut count as broken, their requests as lost, and the rest is still asked',
    async (under) => {
      const measurement = await under.source.measure(wish(under, 100_000))
      await under.pass(500)
      await under.cut()
      await under.pass(1_000)
      const outcome = await measurement.stop()
      assert.ok(outcome.kind === 'load')
      assert.equal(outcome.broken, 5)
      assert.ok(outcome.lost >= 1 && outcome.lost <= 5, `lost ${outcome.lost}`)
      assert.equal(outcome.requests, outcome.answered + outcome.lost)
      assert.ok(outcome.answered > 20, `answered ${outcome.answered}`)
    },
  )
}
