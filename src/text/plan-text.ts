import type { Assumption } from '../model/plan/consolidation.ts'
import type { Blocked, HeadroomLimit, Move, ResourceName, Shortage } from '../model/plan/outcome.ts'
import type { ReportText } from './report-text.ts'

/** `1.5 GiB`; `3` virtual cores. With `of`, the whole, in the unit of this. */
export function amountText(text: ReportText, resource: ResourceName, amount: number, of = amount): string {
  return resource === 'cpu' ? text.number(amount / 1_000) : text.size(Math.round(amount), Math.round(of))
}

export function shortageText(text: ReportText, why: Shortage): string {
  switch (why.code) {
    case 'contradiction':
      return text.cli('plan-short-contradiction', { guests: text.list(why.guests) })
    case 'too-few-hosts':
      return text.cli('plan-short-too-few-hosts', { hosts: why.hosts, survive: why.survive })
    case 'too-little': {
      const { resource, needed, left, without } = why
      const said = { needed: amountText(text, resource, needed), left: amountText(text, resource, left) }
      const hosts = without.length === 0 ? undefined : text.list(without)
      return text.cli('plan-short-too-little', { ...said, resource: text.cli(`plan-resource-${resource}`), hosts })
    }
    case 'fits-nowhere':
      return text.cli('plan-short-fits-nowhere', { guests: text.list(why.guests), hosts: text.list(why.hosts) })
    case 'apart':
      return text.cli('plan-short-apart', { guests: text.list(why.guests), hosts: why.hosts, survive: why.survive })
    case 'packing':
      return text.cli('plan-short-packing')
  }
}

export function assumptionText(text: ReportText, one: Assumption): string {
  switch (one.code) {
    case 'survive':
      return text.cli('plan-assumed-survive', { hosts: one.hosts })
    case 'reserved':
      return text.cli('plan-assumed-reserved', { size: text.size(one.mib) })
    case 'cpu-overcommit':
      return text.cli('plan-assumed-cpu-overcommit', { times: one.times })
    case 'disk-usable':
      return text.cli('plan-assumed-disk-usable', { share: text.share(one.share) })
    case 'size-unknown':
      return text.cli('plan-assumed-size-unknown', { guests: text.list(one.guests) })
    case 'measured':
      return text.cli('plan-assumed-measured', { count: one.count })
    case 'mirrored':
      return text.cli('plan-assumed-mirrored')
    case 'unspecified': {
      const { count, host, cores, memoryMilli, diskMilli } = one
      const sizes = { cores, memory: memoryMilli / 1_000, disk: diskMilli / 1_000 }
      return text.cli('plan-assumed-unspecified', { count, host, ...sizes })
    }
    case 'users-in-words':
      return text.cli('plan-assumed-users-in-words', { service: one.service, words: one.words })
  }
}

/** One step of the order: `3. web: h1 -> h2, to make room`. */
export function moveText(text: ReportText, { guests, from, to, aside }: Move, step: number): string {
  if (from === null) return text.cli('plan-move-start', { step, guests: text.list(guests), to })
  const put = aside ? text.cli('plan-move-aside') : undefined
  return text.cli('plan-move', { step, guests: text.list(guests), from, to, aside: put })
}

export function blockedText(text: ReportText, { guests, to, because }: Blocked): string {
  const said = { guests: text.list(guests), to }
  if (because.code === 'apart') return text.cli('plan-blocked-apart', { ...said, others: text.list(because.guests) })
  const { resource, needed, free } = because
  const amounts = { needed: amountText(text, resource, needed), free: amountText(text, resource, free) }
  return text.cli('plan-blocked-room', { ...said, resource: text.cli(`plan-resource-${resource}`), ...amounts })
}

export function limitText(text: ReportText, limit: HeadroomLimit): string {
  if (limit.code === 'host') {
    return text.cli('plan-limit-host', { host: limit.host, resource: text.cli(`plan-resource-${limit.resource}`) })
  }
  return text.cli('plan-limit-loss', { hosts: text.list(limit.lost), guests: text.list(limit.guests, 3) })
}

const ours = [
  ...(['energy', 'work', 'lanPorts', 'sanPorts', 'backupLicences'] as const),
  // What files of this kind name again and again.
  ...(['operatingSystemLicence', 'ups'] as const),
] as const

/** A name of the file, or one that everybody uses, in the reader's language. */
export function costItemText(text: ReportText, name: string): string {
  const known = ours.find((one) => one === name)
  return known === undefined ? name : text.cli(`plan-item-${known}`)
}

/** `years`: null: not within the years. */
export function paybackText(text: ReportText, years: number | null): string {
  if (years === null) return text.cli('plan-payback-never')
  if (years === 0) return text.cli('plan-payback-at-once')
  // Less than half a tenth of a year is not at once.
  return text.cli('plan-payback-years', { years: Math.max(0.1, Math.round(years * 10) / 10) })
}
