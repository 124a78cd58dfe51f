import { atMost, exactly, type Figure, figure, type Measured } from './figures.ts'
import { lauxen } from './lauxen.ts'
import type { CrashRun, LossPart, LossRun } from './losses.ts'
import { largest, median, smallest } from './statistics.ts'

/** What was promised of the worst of them all, milliseconds. */
const PAUSED_MS = 1_500
const SPREAD_MS = 200
const RESUME_MS = 300

export function lossFigures(parts: readonly LossPart[]): Measured {
  const losses = parts.flatMap((part) => (part.kind === 'loss' ? [part.loss] : []))
  const crashes = parts.flatMap((part) => (part.kind === 'crash' ? [part.crash] : []))
  const lost = parts.reduce((sum, part) => sum + (part.kind === 'lost-packets' ? part.count : 0), 0)
  const figures = [
    ...lossOnes(losses),
    ...crashOnes(crashes),
    figure({
      name: 'losses.packets-lost',
      what: 'packets the observer lost',
      unit: 'count',
      value: lost,
      n: losses.length,
      limit: exactly(0),
    }),
  ]
  return { figures, details: { losses, crashes, lauxen: lauxen.b }, notes }
}

function lossOnes(losses: readonly LossRun[]): Figure[] {
  const seconds = (ms: readonly number[]): number[] => ms.map((value) => value / 1_000)
  const lastPaused = seconds(losses.map(({ pausedMs }) => largest(pausedMs)))
  const paused = [1, 2, 3, 4].map((depth) => {
    const each = seconds(losses.map(({ pausedMs }) => pausedMs[depth - 1] ?? Number.NaN))
    return worst(
      `losses.paused-depth${depth}`,
      `service closes -> depth ${depth} paused, the worst`,
      's',
      each,
      PAUSED_MS / 1_000,
    )
  })
  return [
    ...paused,
    middle('losses.paused', 'service closes -> all four depths paused, the median', 's', lastPaused),
    worst(
      'losses.spread',
      'first paused -> last paused, the worst',
      'ms',
      losses.map(({ spreadMs }) => spreadMs),
      SPREAD_MS,
    ),
    worst(
      'losses.resume',
      'need answers again -> resume issued, a level, the worst',
      'ms',
      losses.flatMap(({ resumeMs }) => resumeMs),
      RESUME_MS,
    ),
    middle(
      'losses.resumed',
      'service answers again -> all four depths resumed, the median',
      'ms',
      losses.map(({ allResumedMs }) => allResumedMs),
    ),
  ]
}

function crashOnes(crashes: readonly CrashRun[]): Figure[] {
  return [
    middle(
      'crash.restart',
      'QEMU killed -> start issued, the median',
      'ms',
      crashes.map(({ restartIssuedMs }) => restartIssuedMs),
    ),
    middle(
      'crash.answers',
      'QEMU killed -> answers again, the median',
      's',
      crashes.map(({ answersMs }) => answersMs / 1_000),
    ),
  ]
}

function worst(name: string, what: string, unit: Figure['unit'], values: readonly number[], limit: number): Figure {
  return figure({ ...ranged(name, what, unit, values), value: largest(values), limit: atMost(limit) })
}

function middle(name: string, what: string, unit: Figure['unit'], values: readonly number[]): Figure {
  return figure({ ...ranged(name, what, unit, values), value: median(values) })
}

function ranged(name: string, what: string, unit: Figure['unit'], values: readonly number[]) {
  return { name, what, unit, n: values.length, least: smallest(values), most: largest(values) }
}

const notes = [
  'A service closes its port at a random phase of the probes (every second); time counts from the last SYN-ACK seen of it, so from a little before it closed, to the event of libvirt that each guest is paused.',
  'Resume counts from the first SYN-ACK of the level below.',
  'A crash is SIGKILL of the process of the guest. Each is a first one: there is no back-off.',
  "LauXen's own figures for scenario B are in the details.",
]
