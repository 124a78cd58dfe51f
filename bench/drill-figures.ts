import { abKilobyte } from '../src/model/drills/work-of-2009.ts'
import { type DrillGroupJson, type DrillJson, MIGRATION_MIB, TRANSFER_BYTES } from './drills.ts'
import { atMost, exactly, type Figure, figure, type Measured, rounded } from './figures.ts'
import { largest, median, smallest } from './statistics.ts'

/** One line of a table: the figure, theirs of 2009 (null: they could not measure it), ours with standard deviation and interval. */
interface Row {
  readonly what: string
  readonly theirs: string
  readonly ours: string
}

/** One ping a second: a migration may lose one. */
const LOST_MOST = 1

/** A transfer with a limited migration keeps nine tenths of its rate: it loses a tenth at most. */
const SLOWDOWN_MOST = 10

export function drillFigures(reports: readonly DrillJson[]): Measured {
  const groups = reports.flatMap((report) => report.groups)
  const find = (measure: string, during: string): DrillGroupJson | undefined =>
    groups.find((group) => group.measure === measure && group.during === during)
  return {
    figures: [...promises(find), ...means(find)],
    details: { reports },
    notes: [...tables(find), ...notes(groups)],
  }
}

type Find = (measure: string, during: string) => DrillGroupJson | undefined

function promises(find: Find): Figure[] {
  const live = find('downtime', 'live-migration')
  const load = find('load', 'live-migration')
  const transfer = find('transfer', 'live-migration')
  const cut = find('downtime', 'power-cut')
  const lost = valuesOf(live, 'lost')
  const silence = valuesOf(cut, 'longestSilenceMs').map((ms) => ms / 1_000)
  return [
    figure({
      ...{ name: 'drills.live.lost', what: 'pings a live migration loses, one a second, at most', unit: 'count' },
      ...{ value: largest(lost), n: lost.length, limit: atMost(LOST_MOST) },
    }),
    counted('drills.live.broken-transfers', 'downloads that a live migration broke', valuesOf(transfer, 'broken')),
    counted('drills.live.broken-connections', 'kept connections that a live migration broke', valuesOf(load, 'broken')),
    counted('drills.live.lost-requests', 'requests that a live migration lost', valuesOf(load, 'lost')),
    figure({
      ...{ name: 'drills.live.transfer', what: 'a download is slower during a limited live migration by', unit: '%' },
      value: transfer?.ofBaseline == null ? Number.NaN : Math.max(0, 100 * (1 - transfer.ofBaseline)),
      ...{ n: transfer?.runs ?? 0, limit: atMost(SLOWDOWN_MOST) },
    }),
    figure({
      ...{ name: 'drills.failover', what: 'a power cut: from the last answer to the next', unit: 's' },
      ...{ value: median(silence), n: silence.length, least: smallest(silence), most: largest(silence) },
    }),
  ]
}

/** The figures of the work of 2009, as means of all runs. */
function means(find: Find): Figure[] {
  const mean = (
    [measure, during]: readonly [string, string],
    [name, what]: readonly [string, string],
    [unit, per]: readonly [Figure['unit'], number],
  ): Figure => {
    const group = find(measure, during)
    const value = group?.figures.find((one) => one.name === name)?.summary.mean
    const full = { name: `drills.${measure}.${during}.${name}`, what, unit, n: group?.runs ?? 0 }
    return figure({ ...full, value: value == null ? Number.NaN : value / per })
  }
  const [seconds, megabytes, kilobytes] = [
    ['s', 1_000],
    ['MB/s', 1_000_000],
    ['KB/s', abKilobyte],
  ] as const
  const [count, milliseconds] = [
    ['count', 1],
    ['ms', 1],
  ] as const
  const both = ['nothing', 'live-migration'] as const
  return [
    ...(['reboot', 'cold-move', 'live-migration', 'power-cut'] as const).map((during) =>
      mean(['downtime', during], ['downtimeMs', `downtime by ${during}, one ping a second, mean`], seconds),
    ),
    ...both.map((during) =>
      mean(['transfer', during], ['bytesPerSecond', `download during ${during}, mean`], megabytes),
    ),
    ...both.flatMap((during) => [
      mean(['load', during], ['requestsPerSecond', `requests a second during ${during}, mean`], count),
      mean(['load', during], ['bytesPerSecond', `their answers during ${during}, mean`], kilobytes),
      mean(['load', during], ['p99Ms', `99 % answered within, during ${during}, mean`], milliseconds),
    ]),
  ]
}

function counted(name: string, what: string, values: readonly number[]): Figure {
  const value = values.length === 0 ? Number.NaN : values.reduce((sum, one) => sum + one, 0)
  return figure({ name, what, unit: 'count', value, n: values.length, limit: exactly(0) })
}

function tables(find: Find): string[] {
  const [reboot, cold, live, cut] = (['reboot', 'cold-move', 'live-migration', 'power-cut'] as const).map((during) =>
    find('downtime', during),
  )
  const [transfer, moved] = [find('transfer', 'nothing'), find('transfer', 'live-migration')]
  const [load, loaded] = [find('load', 'nothing'), find('load', 'live-migration')]
  const pings = (title: string, group: DrillGroupJson | undefined, theirs: readonly string[]): Row[] => [
    { what: `${title}: sent`, theirs: theirs[0]!, ours: shown(group, 'sent') },
    { what: `${title}: received`, theirs: theirs[1]!, ours: shown(group, 'received') },
    { what: `${title}: lost`, theirs: theirs[2]!, ours: shown(group, 'lost') },
    { what: `${title}: loss, %`, theirs: theirs[3]!, ours: shown(group, 'lossPercent') },
    { what: `${title}: downtime, s`, theirs: theirs[4]!, ours: shown(group, 'downtimeMs', 1_000) },
  ]
  const rate = (what: string, theirs: string, group: DrillGroupJson | undefined): Row => ({
    ...{ what, theirs, ours: shown(group, 'bytesPerSecond', 1_000_000) },
  })
  return [
    ...table('Table 5 (2009): downtime, one ping a second', [
      ...pings('reboot', reboot, ['187.3', '124.56', '62.74', '33.49', '51.7 (7.2)']),
      ...pings('cold move', cold, ['201.5', '163.2', '38.3', '19', '38.7 (6.5)']),
      ...pings('live migration', live, ['214.7', '213.3', '1', '0.46', '1 (0)']),
    ]),
    ...table(`Table 7 (2009): a download of ${TRANSFER_BYTES / 1_000_000} MB, MB/s`, [
      rate('normal', '1.97 (0.12)', transfer),
      rate('during a live migration', '0.84 (0.08)', moved),
      { what: 'broken', theirs: '0', ours: shown(moved, 'broken') },
    ]),
    ...table('Table 9 (2009): load over 10 kept connections', [
      { what: 'requests a second, normal', theirs: '3089.27', ours: shown(load, 'requestsPerSecond') },
      { what: 'requests a second, migrating', theirs: '1862.87', ours: shown(loaded, 'requestsPerSecond') },
      { what: 'all requests, s, normal', theirs: '32.37', ours: shown(load, 'tookMs', 1_000) },
      { what: 'all requests, s, migrating', theirs: '53.68', ours: shown(loaded, 'tookMs', 1_000) },
      { what: 'ms a request, normal', theirs: '1.619', ours: shown(load, 'meanMs') },
      { what: 'ms a request, migrating', theirs: '2.684', ours: shown(loaded, 'meanMs') },
      { what: 'KB/s, normal', theirs: '1224.29', ours: shown(load, 'bytesPerSecond', abKilobyte) },
      { what: 'KB/s, migrating', theirs: '738.26', ours: shown(loaded, 'bytesPerSecond', abKilobyte) },
      { what: '99 % within, ms, normal', theirs: '4.7', ours: shown(load, 'p99Ms') },
      { what: '99 % within, ms, migrating', theirs: '18.6', ours: shown(loaded, 'p99Ms') },
      { what: 'broken connections, migrating', theirs: '-', ours: shown(loaded, 'broken') },
    ]),
    ...table('What they could not do: the power of the host is cut', [
      ...pings('power cut', cut, ['-', '-', '-', '-', '-']),
      { what: 'power cut: longest silence, s', theirs: '-', ours: shown(cut, 'longestSilenceMs', 1_000) },
    ]),
  ]
}

function table(title: string, rows: readonly Row[]): string[] {
  const head: Row = { what: title, theirs: '2009', ours: 'ours: mean (std dev) ± 95 %' }
  const all = [head, ...rows]
  const [what, theirs] = [largest(all.map((row) => row.what.length)), largest(all.map((row) => row.theirs.length))]
  return [...all.map((row) => `${row.what.padEnd(what)}  ${row.theirs.padStart(theirs)}  ${row.ours}`), '']
}

function shown(group: DrillGroupJson | undefined, name: string, per = 1): string {
  const summary = group?.figures.find((one) => one.name === name)?.summary
  if (summary?.mean == null) return 'not measured'
  const { mean, deviation, margin } = summary
  const more = deviation === null || margin === null ? '' : ` (${rounded(deviation / per)}) ± ${rounded(margin / per)}`
  return rounded(mean / per) + more
}

function valuesOf(group: DrillGroupJson | undefined, name: string): readonly number[] {
  return group?.figures.find((one) => one.name === name)?.values ?? []
}

function notes(groups: readonly DrillGroupJson[]): string[] {
  const uncovered = groups.reduce((sum, group) => sum + group.uncovered, 0)
  return [
    'Theirs: two hosts with a Celeron 450 and 100 Mbit/s, a real machine for the reboot, ab with 200 000 requests. Ours: three hosts of the lab on one machine, an emulated guest, 20 000 requests.',
    'A download that is there before the migration is over is begun again, by a new connection: the rate is that of all of them.',
    `All by "vigia drill run", measured from the host that is not drilled; runs in turn; migrations limited to ${MIGRATION_MIB} MiB/s.`,
    ...(uncovered === 0 ? [] : [`In ${uncovered} runs the measurement was over before the migration was.`]),
  ]
}
