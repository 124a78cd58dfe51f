import type { Disturbance, DrillMeasure, DrillRefusal, DrillResult, DrillStop } from '../model/drill.ts'
import type { Advice } from '../model/drills/advice.ts'
import type { DrillProgress } from '../model/drills/progress.ts'
import type { DrillFigure, DrillGroup, DrillReport, FigureUnit } from '../model/drills/report.ts'
import type { PhaseKind } from '../model/phase.ts'
import type { drillWords } from './en/drill-words.ts'
import type { ArgumentList } from './message.ts'
import type { Speech } from './text-of.ts'

type Words = typeof drillWords

/** What sentences of drills are made with: the text of the command line is one, the console makes another. */
export interface DrillText extends Speech {
  cli<Key extends keyof Words>(key: Key, ...values: ArgumentList<Words[Key]>): string
}

export function measureText(text: DrillText, measure: DrillMeasure): string {
  return text.cli(`measure-${measure}`)
}

export function duringText(text: DrillText, during: Disturbance): string {
  return text.cli(`during-${during}`)
}

/** A figure's value in its unit. */
export function valueText(text: DrillText, unit: FigureUnit, value: number | null): string {
  if (value === null) return '-'
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  const rounded = Number(value.toFixed(digits))
  switch (unit) {
    case 'count':
    case 'per-second':
      return text.number(rounded)
    case 'percent':
      return `${text.number(rounded)} %`
    case 'ms':
      return value < 1_000 ? `${text.number(rounded)} ms` : `${text.number(Number((value / 1_000).toFixed(2)))} s`
    case 'bytes-per-second':
      return text.rate(value)
  }
}

/** `1.2 s to 1.6 s`; a count is never below nothing. */
export function intervalText(text: DrillText, { unit, summary }: DrillFigure): string {
  const { mean, margin } = summary
  if (mean === null || margin === null) return '-'
  const low = Math.max(0, mean - margin)
  return `${valueText(text, unit, low)} … ${valueText(text, unit, mean + margin)}`
}

export const figureHeadings = [
  ...(['drill-figure', 'drill-mean', 'drill-deviation', 'drill-interval'] as const),
  ...(['drill-least', 'drill-median', 'drill-p90', 'drill-most'] as const),
]

export function figureCells(text: DrillText, figure: DrillFigure): string[] {
  const { name, unit, summary } = figure
  const value = (of: number | null): string => valueText(text, unit, of)
  const { mean, deviation, least, median, p90, most } = summary
  const shown = [value(mean), value(deviation), intervalText(text, figure), ...[least, median, p90, most].map(value)]
  return [text.cli(`figure-${name}`), ...shown]
}

export function groupTitle(text: DrillText, { measure, during, runs }: DrillGroup): string {
  const what = { measure: measureText(text, measure), during: duringText(text, during) }
  return `${text.cli('drill-group', what)} (${text.cli('drill-runs', { count: runs })})`
}

export function headLines(text: DrillText, report: DrillReport): string[] {
  const { id, plan, by, at, endedAt, host, stopped, restore, groups } = report
  return [
    text.cli('drill-title', { drill: id, guest: plan.guest }),
    text.cli('drill-when', { by, from: text.time(at), until: text.time(endedAt), host }),
    ...(stopped === null ? [] : [text.cli('drill-stopped', { why: stopText(text, stopped) })]),
    restore.kind === 'restored'
      ? text.cli('drill-restored')
      : text.cli('drill-left', { subjects: text.list(restore.subjects) }),
    ...(groups.length === 0 ? [text.cli('drill-no-runs')] : []),
  ]
}

/** What is said under the figures of a group. */
export function noteLines(text: DrillText, { ofBaseline, advice }: DrillGroup): string[] {
  return [
    ...(ofBaseline === null ? [] : [text.cli('drill-of-baseline', { share: text.share(ofBaseline) })]),
    ...advice.map((one) => text.cli('drill-better', { advice: adviceText(text, one) })),
  ]
}

export function reportRows({ groups }: DrillReport): (string | number | null)[][] {
  return [
    ...[
      [
        'measure',
        'during',
        'runs',
        'figure',
        'unit',
        'mean',
        'deviation',
        'margin95',
        'least',
        'median',
        'p90',
        'most',
      ],
    ],
    ...groups.flatMap(({ measure, during, figures }) =>
      figures.map(({ name, unit, summary }) => {
        const { count, mean, deviation, margin, least, median, p90, most } = summary
        return [measure, during, count, name, unit, mean, deviation, margin, least, median, p90, most]
      }),
    ),
  ]
}

/** What a drill under way does now. */
export function stepText(
  text: DrillText,
  { doing, done, of, step }: Pick<DrillProgress, 'doing' | 'done' | 'of' | 'step'>,
): string {
  if (doing === 'restoring' || step === null) return text.cli('drill-restoring', { done, of })
  const { measure, during, number } = step
  const what = { measure: measureText(text, measure), during: duringText(text, during) }
  return text.cli('drill-step', { done: done + 1, of, number, ...what })
}

/** How a drill ended: done or why not, and what was not put back. */
export function endText(text: DrillText, { stopped, restore }: Pick<DrillResult, 'stopped' | 'restore'>): string {
  return [
    stopped === null ? text.cli('drill-end-done') : text.cli('drill-end-stopped', { why: stopText(text, stopped) }),
    ...(restore.kind === 'left' ? [text.cli('drill-end-left', { subjects: text.list(restore.subjects) })] : []),
  ].join('; ')
}

function phase(text: DrillText, kind: PhaseKind): string {
  return text.phase({ kind } as Parameters<DrillText['phase']>[0])
}

export function refusalText(text: DrillText, refusal: DrillRefusal): string {
  switch (refusal.code) {
    case 'guest-not-ready':
      return text.cli('refused-guest-not-ready', { guest: refusal.guest, phase: phase(text, refusal.phase) })
    case 'others-not-well':
      return text.cli('refused-others-not-well', { guests: text.list(refusal.guests) })
    case 'hosts-not-well':
      return text.cli('refused-hosts-not-well', { hosts: text.list(refusal.hosts) })
    case 'no-room-after-loss':
      return text.cli('refused-no-room-after-loss', { host: refusal.host, guests: text.list(refusal.guests) })
    case 'one-host':
      return text.cli('refused-one-host', { during: duringText(text, refusal.during) })
    case 'no-service-named':
      return text.cli('refused-no-service-named', { guest: refusal.guest, known: text.list(refusal.known) })
    case 'drill-under-way':
      return text.cli('refused-drill-under-way', { drill: refusal.drill, host: refusal.host })
    case 'guest-not-known':
      return text.cli('refused-guest-not-known', { guest: refusal.guest })
    case 'no-address':
      return text.cli('refused-no-address', { guest: refusal.guest })
    case 'no-way-to-fail':
      return text.cli('refused-no-way-to-fail', { service: refusal.service })
    case 'no-fence-device':
      return text.cli('refused-no-fence-device', { host: refusal.host })
    case 'measures-there':
      return text.cli('refused-measures-there', { host: refusal.host })
    case 'no-such-target':
      return text.cli('refused-no-such-target', { host: refusal.host })
    case 'disarmed':
      return text.cli('refused-disarmed')
    case 'production':
      return text.cli('refused-production')
  }
}

export function stopText(text: DrillText, stop: DrillStop): string {
  switch (stop.code) {
    case 'guest-left': {
      const { guest, was, is } = stop
      return text.cli('stopped-guest-left', { guest, was: phase(text, was), is: phase(text, is) })
    }
    case 'guest-went':
      return text.cli('stopped-guest-went', { guest: stop.guest, from: stop.from ?? '-', to: stop.to ?? '-' })
    case 'host-left':
      return text.cli('stopped-host-left', { host: stop.host })
    case 'not-done-in-time': {
      const during = duringText(text, stop.during)
      return text.cli('stopped-not-done-in-time', { during, limit: text.duration(stop.limitMs) })
    }
    case 'asked-to-stop':
      return text.cli('stopped-asked-to-stop', { by: stop.by })
    case 'window-over':
      return text.cli('stopped-window-over')
    case 'failed':
      return text.cli('stopped-failed', { fault: text.fault(stop.fault).sentence })
    case 'interrupted':
      return text.cli('stopped-interrupted', { host: stop.host })
    case 'taken-over':
      return text.cli('stopped-taken-over')
  }
}

export function adviceText(text: DrillText, advice: Advice): string {
  switch (advice.code) {
    case 'more-runs':
      return text.cli('advice-more-runs', {
        figure: text.cli(`figure-${advice.figure}`),
        share: text.share(advice.share),
      })
    case 'longer-measurement':
      return text.cli('advice-longer-measurement', { runs: advice.runs })
    case 'faster-boot':
      return text.cli('advice-faster-boot', { downtime: text.duration(advice.downtimeMs) })
    case 'move-live':
      return text.cli('advice-move-live')
    case 'migration-loses':
      return text.cli('advice-migration-loses', { silence: text.duration(advice.silenceMs) })
    case 'connections-break':
      return text.cli('advice-connections-break', { broken: advice.broken })
    case 'limit-migration':
      return text.cli('advice-limit-migration', { share: text.share(advice.share) })
    case 'migration-limit-low': {
      const bandwidth = text.size(advice.bandwidthMib)
      return text.cli('advice-migration-limit-low', { share: text.share(advice.share), bandwidth })
    }
    case 'shorter-lease': {
      const { leaseMs, leastMs } = advice
      return text.cli('advice-shorter-lease', { lease: text.duration(leaseMs), least: text.duration(leastMs) })
    }
    case 'second-instance':
      return text.cli('advice-second-instance')
    case 'standby-for-service':
      return text.cli('advice-standby-for-service')
    case 'baseline-loses':
      return text.cli('advice-baseline-loses', { lost: advice.lost })
  }
}
