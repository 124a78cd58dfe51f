import type { MetricsNowView } from '../contract/metrics.ts'
import { byName } from '../model/ids.ts'
import type { Text } from '../text/text.ts'
import type { CliContext } from './context.ts'
import type { topOrders } from './host-commands.ts'
import { table } from './table.ts'

export type TopOrder = (typeof topOrders)[number]

type Figures = Readonly<Record<string, number | null>>

/** Hosts, then guests, the busiest first. `width` null: nothing is cut. */
export function topLines(
  { text, paint }: Pick<CliContext, 'text' | 'paint'>,
  view: MetricsNowView,
  order: TopOrder,
  width: number | null,
): string[] {
  const several = view.hosts.length + view.absent.length > 1
  const figures = ['memory', 'disk-read', 'disk-write', 'net-receive', 'net-send'] as const
  const columns = (first: string) => [
    { heading: first },
    { heading: 'CPU' },
    ...figures.map((name) => ({ heading: text.cli(`top-${name}`) })),
  ]
  const hosts = view.hosts.map(({ host, figures: of }) => [host, ...cells(of ?? {}, 'memory-total', text)])
  const guests = sorted(view.guests, order).map(({ guest, host, figures: of }) => [
    several ? `${guest} (${host})` : guest,
    ...cells(of, 'memory-given', text),
  ])
  return [
    ...table(columns('HOST'), hosts, paint, width),
    ...view.absent.map((host) => text.cli('top-absent', { host })),
    '',
    ...(guests.length === 0
      ? [text.cli('top-nothing')]
      : table(columns(text.cli('column-guest')), guests, paint, width)),
  ]
}

function cells(of: Figures, given: string, text: Text): string[] {
  const [used, all] = [of['memory-used'] ?? null, of[given] ?? null]
  const size = (mib: number | null): string => (mib === null ? '?' : text.size(Math.round(mib)))
  const rate = (name: string): string => (of[name] == null ? '' : text.rate(of[name]))
  return [
    of.cpu == null ? '' : text.percent(of.cpu),
    used === null && all === null ? '' : `${size(used)} / ${size(all)}`,
    ...['disk-read', 'disk-write', 'net-receive', 'net-send'].map(rate),
  ]
}

function sorted(guests: MetricsNowView['guests'], order: TopOrder): MetricsNowView['guests'] {
  const sum = (of: Figures, ...names: readonly string[]): number =>
    names.reduce((all, name) => all + (of[name] ?? 0), 0)
  const weight: Record<TopOrder, (of: Figures) => number> = {
    cpu: (of) => sum(of, 'cpu'),
    memory: (of) => of['memory-used'] ?? sum(of, 'memory-given'),
    disk: (of) => sum(of, 'disk-read', 'disk-write'),
    net: (of) => sum(of, 'net-receive', 'net-send'),
    name: () => 0,
  }
  const of = weight[order]
  return [...guests].sort((a, b) => of(b.figures) - of(a.figures) || byName(a.guest, b.guest))
}

/** For programs: names of the contract, figures without units. */
export function topRows(view: MetricsNowView, order: TopOrder): (readonly (string | number | null)[])[] {
  const rest = ['memory-used', 'disk-read', 'disk-write', 'net-receive', 'net-send']
  const row = (kind: string, name: string, host: string, of: Figures, given: string) => [
    ...[kind, name, host, of.cpu ?? null, of[given] ?? null],
    ...rest.map((series) => of[series] ?? null),
  ]
  return [
    ['kind', 'name', 'host', 'cpu', 'memory', ...rest],
    ...view.hosts.map(({ host, figures }) => row('host', host, host, figures ?? {}, 'memory-total')),
    ...sorted(view.guests, order).map(({ guest, host, figures }) => row('guest', guest, host, figures, 'memory-given')),
  ]
}
