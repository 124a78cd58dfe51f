import { shortestLeaseMs } from '../cluster.ts'
import type { DrillGroup, FigureName } from './report.ts'

/** What would make a figure better, or surer; each with what it was concluded from. */
export type Advice =
  | { readonly code: 'more-runs'; readonly figure: FigureName; readonly share: number }
  | { readonly code: 'longer-measurement'; readonly runs: number }
  | { readonly code: 'faster-boot'; readonly downtimeMs: number }
  | { readonly code: 'move-live'; readonly downtimeMs: number }
  | { readonly code: 'migration-loses'; readonly silenceMs: number }
  | { readonly code: 'connections-break'; readonly broken: number }
  | { readonly code: 'limit-migration'; readonly share: number }
  | { readonly code: 'migration-limit-low'; readonly share: number; readonly bandwidthMib: number }
  | { readonly code: 'shorter-lease'; readonly leaseMs: number; readonly leastMs: number }
  | { readonly code: 'second-instance'; readonly downtimeMs: number }
  | { readonly code: 'standby-for-service'; readonly downtimeMs: number }
  | { readonly code: 'baseline-loses'; readonly lost: number }

/** Of the cluster file in force. */
export interface AdviceSettings {
  readonly leaseMs: number
  readonly migrationBandwidthMib: number | null
}

/** An interval wider than this share of the mean says little. */
const wideShare = 0.2

/** What a download or a load keeps of its speed during a migration. */
const goodShare = 0.9

/** One ping a second may be lost in a migration; a longer silence is felt. */
const migrationSilenceMs = 1_000

type Judged = Omit<DrillGroup, 'advice'>

export function advise(group: Judged, settings: AdviceSettings): readonly Advice[] {
  return [...ofDisturbance(group, settings), ...ofSureness(group)]
}

function ofDisturbance(group: Judged, settings: AdviceSettings): Advice[] {
  const downtimeMs = mean(group, 'downtimeMs') ?? mean(group, 'longestSilenceMs') ?? 0
  const down = downtimeMs > 0
  switch (group.during) {
    case 'nothing': {
      const lost = total(group, 'lost') + total(group, 'broken')
      return lost > 0 ? [{ code: 'baseline-loses', lost }] : []
    }
    case 'reboot':
      return down ? [{ code: 'faster-boot', downtimeMs }] : []
    case 'cold-move':
      return down ? [{ code: 'move-live', downtimeMs }] : []
    case 'live-migration':
      return ofMigration(group, settings)
    case 'power-cut':
      return down ? ofPowerCut(downtimeMs, settings) : []
    case 'service-failure':
      return down ? [{ code: 'standby-for-service', downtimeMs }] : []
  }
}

function ofMigration(group: Judged, { migrationBandwidthMib }: AdviceSettings): Advice[] {
  const silenceMs = most(group, 'longestSilenceMs') ?? 0
  const usualMs = group.measure === 'downtime' ? (mean(group, 'downtimeMs') ?? 0) : silenceMs
  const broken = total(group, 'broken')
  const share = group.ofBaseline
  return [
    ...(usualMs > migrationSilenceMs ? [{ code: 'migration-loses', silenceMs } as const] : []),
    ...(broken > 0 ? [{ code: 'connections-break', broken } as const] : []),
    ...(share === null || share >= goodShare
      ? []
      : migrationBandwidthMib === null
        ? [{ code: 'limit-migration', share } as const]
        : [{ code: 'migration-limit-low', share, bandwidthMib: migrationBandwidthMib } as const]),
  ]
}

function ofPowerCut(downtimeMs: number, { leaseMs }: AdviceSettings): Advice[] {
  return [
    ...(leaseMs > shortestLeaseMs ? [{ code: 'shorter-lease', leaseMs, leastMs: shortestLeaseMs } as const] : []),
    { code: 'faster-boot', downtimeMs },
    { code: 'second-instance', downtimeMs },
  ]
}

/** The figure that the group is about, and whether it was measured well. */
function ofSureness({ figures, measure, uncovered }: Judged): Advice[] {
  const name = ({ downtime: 'longestSilenceMs', transfer: 'bytesPerSecond', load: 'requestsPerSecond' } as const)[
    measure
  ]
  const summary = figures.find((figure) => figure.name === name)?.summary
  const share = summary?.margin == null || !summary.mean ? null : summary.margin / summary.mean
  return [
    ...(summary !== undefined && (share === null || share > wideShare) && summary.count < 10
      ? [{ code: 'more-runs', figure: name, share: share ?? 1 } as const]
      : []),
    ...(uncovered > 0 ? [{ code: 'longer-measurement', runs: uncovered } as const] : []),
  ]
}

function summaryOf({ figures }: Judged, name: FigureName) {
  return figures.find((figure) => figure.name === name)?.summary
}

function mean(group: Judged, name: FigureName): number | null {
  return summaryOf(group, name)?.mean ?? null
}

function most(group: Judged, name: FigureName): number | null {
  return summaryOf(group, name)?.most ?? null
}

function total({ figures }: Judged, name: FigureName): number {
  return figures.find((figure) => figure.name === name)?.values.reduce((sum, value) => sum + value, 0) ?? 0
}
