import { encodeFigure, unknownCode } from '../../model/figure-code.ts'
import type { WallTime } from '../../model/ids.ts'
import { type Sample, type Subject, seriesOf, subjectKinds, type TierPlace } from '../../model/metric.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { Lane } from './lane.ts'
import type { MetricStep, MetricsAnswer, MetricsRequest } from './messages.ts'

/** Steps are written so many at a time: a minute's worth shares its pages, and wakes the disk once. */
const stepsAtOnce = 6

/** Steps not yet written, where the disk does not keep up: beyond it the oldest are lost. */
const maxUnwritten = 12

/** Steps of a ring in one request: a few milliseconds of the thread that the store waits for as well. */
const readAtOnce = 2_048

/** The figures of one host. The database thread writes; here are gathering and slicing. */
export class SqliteMetrics implements Metrics {
  readonly #lane: Lane<MetricsRequest, MetricsAnswer>
  #gathered: MetricStep[][] = []
  #writing: Promise<void> | null = null
  #closed = false

  constructor(lane: Lane<MetricsRequest, MetricsAnswer>) {
    this.#lane = lane
  }

  record(at: WallTime, samples: readonly Sample[]): void {
    if (this.#closed) return
    const steps = subjectKinds.flatMap((kind) => {
      const own = samples.filter((sample) => sample.kind === kind)
      return own.length === 0 ? [] : [stepOf(at, own)]
    })
    this.#gathered.push(steps)
    if (this.#gathered.length > maxUnwritten) this.#gathered.shift()
    if (this.#gathered.length >= stepsAtOnce) void this.#write()
  }

  async read(subject: Subject, tier: TierPlace, from: number, count: number): Promise<Uint16Array> {
    const series = seriesOf[subject.kind].length
    const codes = new Uint16Array(count * series).fill(unknownCode)
    await this.#flush()
    for (let done = 0; done < count; done += readAtOnce) {
      const slice = { from: from + done, count: Math.min(readAtOnce, count - done) }
      const { kind, name } = subject
      const answer = await this.#lane.call({ kind: 'read', subject: { kind, name }, tier, ...slice })
      if (answer.kind !== 'read') throw new Error(`a read was answered with ${answer.kind}`)
      codes.set(answer.codes, done * series)
    }
    return codes
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#flush()
    await this.#lane.drain()
  }

  /** What is under way, and what was gathered since it began. */
  async #flush(): Promise<void> {
    await this.#write()
    await this.#write()
  }

  /** One write at a time; what comes meanwhile goes with the next. What cannot be written is lost: a graph has a gap, and nothing else happens. */
  #write(): Promise<void> {
    if (this.#writing !== null) return this.#writing
    const steps = this.#gathered.flat()
    this.#gathered = []
    if (steps.length === 0) return Promise.resolve()
    const writing = this.#lane
      .call({ kind: 'record', steps })
      .then(
        () => {},
        () => {},
      )
      .finally(() => {
        this.#writing = null
      })
    this.#writing = writing
    return writing
  }
}

function stepOf(at: WallTime, samples: readonly Sample[]): MetricStep {
  const { kind } = samples[0]!
  const series = seriesOf[kind].length
  const codes = new Uint16Array(samples.length * series).fill(unknownCode)
  samples.forEach(({ values }, which) => {
    values.forEach((value, place) => {
      codes[which * series + place] = encodeFigure(value)
    })
  })
  return { atMs: at, kind, names: samples.map(({ name }) => name), codes }
}
