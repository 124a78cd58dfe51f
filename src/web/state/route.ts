import { type Period, periods } from '../reports/period.ts'

/** Where the console is: all of it in the address, so that every view has a permalink. */
export type Route =
  | { readonly page: 'now'; readonly guest: string | null; readonly view: 'graph' | 'table' }
  | { readonly page: 'hosts' }
  | { readonly page: 'host'; readonly host: string }
  | { readonly page: 'guests' }
  | { readonly page: 'guest'; readonly guest: string; readonly tab: GuestTab }
  | { readonly page: 'create' }
  | { readonly page: 'tasks' }
  | { readonly page: 'events'; readonly guest: string | null; readonly words: readonly string[] }
  | { readonly page: 'what-if'; readonly lose: readonly string[] }
  | {
      readonly page: 'availability'
      readonly period: Period
      /** Days, of a period of one's own. */
      readonly from: string | null
      readonly to: string | null
      readonly group: string | null
      readonly promised: string | null
    }
  /** `guest`: of whom the form speaks. */
  | { readonly page: 'drills'; readonly guest: string | null }
  | { readonly page: 'drill'; readonly drill: string }
  | { readonly page: 'plan'; readonly of: PlanSource }
  | { readonly page: 'settings'; readonly section: SettingsSection }
  | { readonly page: 'link' }
  | { readonly page: 'unknown'; readonly path: string }

export const guestTabs = ['overview', 'needs', 'graphs', 'console', 'events', 'xml'] as const
export type GuestTab = (typeof guestTabs)[number]

export const planSources = ['live', 'measured', 'file'] as const
export type PlanSource = (typeof planSources)[number]

export const settingsSections = ['file', 'draw', 'members', 'users', 'tokens', 'audit'] as const
export type SettingsSection = (typeof settingsSections)[number]

/** `address`: path and query, as `hrefOf` writes them. */
export function parseRoute(address: string): Route {
  const [path = '', query = ''] = address.split('#')[0]!.split('?')
  const asked = new URLSearchParams(query)
  const [first = '', second = '', third = ''] = path.split('/').filter(Boolean).map(decoded)
  const list = (key: string): string[] => (asked.get(key) ?? '').split(',').filter(Boolean)
  switch (first) {
    case '':
      return { page: 'now', guest: asked.get('guest'), view: asked.get('view') === 'table' ? 'table' : 'graph' }
    case 'hosts':
      return second === '' ? { page: 'hosts' } : { page: 'host', host: second }
    case 'guests':
      return second === '' ? { page: 'guests' } : { page: 'guest', guest: second, tab: oneOf(guestTabs, third) }
    case 'create':
      return { page: 'create' }
    case 'tasks':
      return { page: 'tasks' }
    case 'events':
      return { page: 'events', guest: asked.get('guest'), words: list('words') }
    case 'what-if':
      return { page: 'what-if', lose: list('lose') }
    case 'availability': {
      const [from, to] = [asked.get('from'), asked.get('to')]
      const period = asked.get('period') === null ? '30d' : oneOf(periods, asked.get('period') ?? '')
      return { page: 'availability', period, from, to, group: asked.get('group'), promised: asked.get('promised') }
    }
    case 'drills':
      return second === '' ? { page: 'drills', guest: asked.get('guest') } : { page: 'drill', drill: second }
    case 'plan':
      return { page: 'plan', of: oneOf(planSources, asked.get('of') ?? '') }
    case 'settings':
      return { page: 'settings', section: oneOf(settingsSections, second) }
    case 'console-link':
      return { page: 'link' }
    default:
      return { page: 'unknown', path }
  }
}

export function hrefOf(route: Route): string {
  switch (route.page) {
    case 'now':
      return withQuery('/', { guest: route.guest, view: route.view === 'table' ? 'table' : null })
    case 'host':
      return `/hosts/${encodeURIComponent(route.host)}`
    case 'guest': {
      const tab = route.tab === 'overview' ? '' : `/${route.tab}`
      return `/guests/${encodeURIComponent(route.guest)}${tab}`
    }
    case 'events':
      return withQuery('/events', { guest: route.guest, words: route.words.join(',') })
    case 'what-if':
      return withQuery('/what-if', { lose: route.lose.join(',') })
    case 'availability': {
      const { period, from, to, group, promised } = route
      const [begins, ends] = period === 'own' ? [from, to] : [null, null]
      const chosen = period === '30d' ? null : period
      return withQuery('/availability', { period: chosen, from: begins, to: ends, group, promised })
    }
    case 'drills':
      return withQuery('/drills', { guest: route.guest })
    case 'drill':
      return `/drills/${encodeURIComponent(route.drill)}`
    case 'plan':
      return withQuery('/plan', { of: route.of === 'live' ? null : route.of })
    case 'settings':
      return `/settings/${route.section}`
    case 'link':
      return '/console-link'
    case 'unknown':
      return route.path
    default:
      return `/${route.page}`
  }
}

function withQuery(path: string, values: Readonly<Record<string, string | null>>): string {
  const entries = Object.entries(values).filter((entry): entry is [string, string] => Boolean(entry[1]))
  // A comma needs no escape in a query, and a person may read the address.
  const query = new URLSearchParams(entries).toString().replaceAll('%2C', ',')
  return query === '' ? path : `${path}?${query}`
}

function oneOf<const Words extends readonly string[]>(words: Words, text: string): Words[number] {
  return words.find((word) => word === text) ?? words[0]!
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
