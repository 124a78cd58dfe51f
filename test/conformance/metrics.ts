import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeFigure } from '../../src/model/figure-code.ts'
import { wallTime } from '../../src/model/ids.ts'
import { type Sample, type Subject, seriesOf, type TierPlace, tiers } from '../../src/model/metric.ts'
import type { Metrics } from '../../src/ports/metrics.ts'

/** 2026-03-01T12:00:00Z: a full hour. */
export const hourMs = 1_772_366_400_000
const stepMs = tiers[0].stepMs

export const guest = (name: string): Subject => ({ kind: 'guest', name })

/** `cpu` and otherwise nothing known. */
export function sample(name: string, cpu: number | null): Sample {
  return { ...guest(name), values: [cpu, ...new Array<null>(seriesOf.guest.length - 1).fill(null)] }
}

/** The first series of a subject, in figures. */
export async function cpuOf(
  metrics: Metrics,
  subject: Subject,
  tier: TierPlace,
  from: number,
  count: number,
): Promise<(number | null)[]> {
  const codes = await metrics.read(subject, tier, from, count)
  const series = seriesOf[subject.kind].length
  assert.equal(codes.length, count * series)
  return Array.from({ length: count }, (_, place) => decodeFigure(codes[place * series]!))
}

export const stepOf = (tier: TierPlace, ms: number): number => Math.floor(ms / tiers[tier].stepMs)

/** What every `Metrics` keeps, whatever it is made of. */
export function metricsConformance(
  name: string,
  make: () => Promise<{ metrics: Metrics; close(): Promise<void> }>,
): void {
  const claim = (text: string, run: (metrics: Metrics) => Promise<void>): void => {
    test(`${name}: ${text}`, async () => {
      const under = await make()
      try {
        await run(under.metrics)
      } finally {
        await under.close()
      }
    })
  }
  const record = (metrics: Metrics, fromMs: number, values: readonly (number | null)[], of = 'web'): void => {
    values.forEach((value, place) => {
      if (value !== null) metrics.record(wallTime(fromMs + place * stepMs + 1), [sample(of, value)])
    })
  }

  claim('every series of every kind comes back, each subject its own', async (metrics) => {
    const samples: Sample[] = (['guest', 'host', 'service'] as const).flatMap((kind, which) =>
      ['a', 'b'].map((of, place) => ({
        ...{ kind, name: of },
        values: seriesOf[kind].map((_, at) => (at === 1 ? null : 100 * which + 10 * place + at)),
      })),
    )
    metrics.record(wallTime(hourMs), samples)
    for (const { kind, name: of, values } of samples) {
      const codes = await metrics.read({ kind, name: of }, 0, stepOf(0, hourMs), 1)
      assert.deepEqual([...codes].map(decodeFigure), values, `${kind} ${of}`)
    }
  })

  claim('what was not measured, and who was never seen, is nothing', async (metrics) => {
    record(metrics, hourMs, [1, null, 3])
    assert.deepEqual(await cpuOf(metrics, guest('web'), 0, stepOf(0, hourMs) - 1, 5), [null, 1, null, 3, null])
    assert.deepEqual(await cpuOf(metrics, guest('nobody'), 0, stepOf(0, hourMs), 2), [null, null])
  })

  claim('of several figures for one step the last counts', async (metrics) => {
    metrics.record(wallTime(hourMs + 1), [sample('web', 1), sample('db', 7)])
    metrics.record(wallTime(hourMs + 9_999), [sample('web', 2), sample('db', 8)])
    assert.deepEqual(await cpuOf(metrics, guest('web'), 0, stepOf(0, hourMs), 1), [2])
    assert.deepEqual(await cpuOf(metrics, guest('db'), 0, stepOf(0, hourMs), 1), [8])
  })

  claim('a minute is the mean of what is known of it, and is there when it is over', async (metrics) => {
    record(metrics, hourMs, [10, 20, null, null, 60, null])
    assert.deepEqual(await cpuOf(metrics, guest('web'), 1, stepOf(1, hourMs), 1), [null])
    record(metrics, hourMs + 60_000, [5])
    assert.deepEqual(await cpuOf(metrics, guest('web'), 1, stepOf(1, hourMs), 2), [30, null])
  })

  claim(
    'an hour is the mean of its minutes; those after it in which nothing was measured are nothing',
    async (metrics) => {
      for (const minute of [0, 1, 59]) record(metrics, hourMs + minute * 60_000, [minute, minute, minute])
      record(metrics, hourMs + 3 * 3_600_000, [7])
      assert.deepEqual(await cpuOf(metrics, guest('web'), 2, stepOf(2, hourMs), 4), [20, null, null, null])
      assert.deepEqual(await cpuOf(metrics, guest('web'), 1, stepOf(1, hourMs) + 57, 5), [null, null, 59, null, null])
    },
  )

  claim('an hour later the place in the ring is taken again, and the old is not taken for the new', async (metrics) => {
    record(metrics, hourMs, [1, 2, 3])
    record(metrics, hourMs + 3_600_000, [4])
    assert.deepEqual(await cpuOf(metrics, guest('web'), 0, stepOf(0, hourMs) + 360, 3), [4, null, null])
  })

  claim('a clock that goes back, far or near, breaks nothing', async (metrics) => {
    record(metrics, hourMs + 600_000, [1, 1, 1, 1, 1, 1, 1])
    record(metrics, hourMs, [2, 2, 2, 2, 2, 2, 2])
    assert.deepEqual(await cpuOf(metrics, guest('web'), 0, stepOf(0, hourMs), 8), [2, 2, 2, 2, 2, 2, 2, null])
    assert.deepEqual(await cpuOf(metrics, guest('web'), 1, stepOf(1, hourMs), 2), [2, null])
    const tenYearsMs = 10 * 365 * 86_400_000
    metrics.record(wallTime(hourMs + tenYearsMs), [sample('new', 9)])
    record(metrics, hourMs + 120_000, [3, 3, 3, 3, 3, 3, 3], 'new')
    assert.deepEqual(await cpuOf(metrics, guest('new'), 0, stepOf(0, hourMs) + 12, 2), [3, 3])
    assert.deepEqual(await cpuOf(metrics, guest('new'), 1, stepOf(1, hourMs) + 2, 1), [3])
  })

  claim('many guests at once, each found again', async (metrics) => {
    const names = Array.from({ length: 300 }, (_, place) => `guest-${place}`)
    metrics.record(
      wallTime(hourMs),
      names.map((of, place) => sample(of, place)),
    )
    metrics.record(wallTime(hourMs + 60_000), [sample('other', 1)])
    for (const place of [0, 63, 64, 65, 127, 128, 299]) {
      assert.deepEqual(await cpuOf(metrics, guest(`guest-${place}`), 0, stepOf(0, hourMs), 1), [place])
      assert.deepEqual(await cpuOf(metrics, guest(`guest-${place}`), 1, stepOf(1, hourMs), 1), [place])
    }
  })
}
