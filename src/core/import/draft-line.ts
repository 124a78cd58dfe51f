import type { DomainFacts, FoundAddress, TrafficFacts } from '../../model/host-facts.ts'

/** One line of a draft. */
export interface DraftLine {
  /** Steps of two blanks. */
  readonly indent: number
  /** Empty: the line is its note, or nothing. */
  readonly yaml: string
  /** YAML that takes effect only once somebody removes the `#`. */
  readonly isComment: boolean
  readonly note: DraftNote | null
}

/** What a draft says to its reader; the sentence is made at the edges. */
export type DraftNote =
  | { readonly code: 'head'; readonly uri: string; readonly hostname: string }
  | { readonly code: 'how-to' }
  | { readonly code: 'scanned'; readonly ports: readonly string[]; readonly perSecond: number }
  | { readonly code: 'not-scanned' }
  | { readonly code: 'scan-left-out'; readonly guests: readonly string[] }
  | { readonly code: 'traffic-seen'; readonly from: Extract<TrafficFacts, { kind: 'seen' }>['from'] }
  | { readonly code: 'traffic-unseen' }
  | { readonly code: 'host'; readonly memoryMib: number; readonly cpus: number }
  | { readonly code: 'no-guests' }
  | ({ readonly code: 'machine' } & Pick<DomainFacts, 'memoryMib' | 'memoryMaxMib' | 'cpus'>)
  | ({ readonly code: 'disk' } & DomainFacts['disks'][number])
  | ({ readonly code: 'interface' } & DomainFacts['interfaces'][number])
  | { readonly code: 'autostart' }
  | { readonly code: 'transient' }
  | { readonly code: 'off' }
  | { readonly code: 'paused' }
  | { readonly code: 'no-address' }
  | { readonly code: 'address-from-arp' }
  | ({ readonly code: 'address-found' } & FoundAddress)
  | { readonly code: 'more-addresses'; readonly addresses: readonly string[] }
  | { readonly code: 'not-asked' }
  | { readonly code: 'no-answer' }
  | { readonly code: 'needs-seen' }
  | { readonly code: 'need-seen'; readonly count: number }
  | { readonly code: 'more-needs'; readonly count: number }
  | { readonly code: 'unnameable'; readonly domain: string }
  | { readonly code: 'made-by-vigia'; readonly guest: string }

export const blank: DraftLine = { indent: 0, yaml: '', isComment: false, note: null }

export function line(indent: number, yaml: string, said: DraftNote | null = null): DraftLine {
  return { indent, yaml, isComment: false, note: said }
}

export function commented(indent: number, yaml: string, said: DraftNote | null = null): DraftLine {
  return { indent, yaml, isComment: true, note: said }
}

export function note(indent: number, said: DraftNote): DraftLine {
  return { indent, yaml: '', isComment: true, note: said }
}

/** Words that YAML takes for something else, in any of its versions. */
const otherwise = /^(?:true|false|null|yes|no|on|off|y|n)$/i

/** What JSON leaves as it is, and no file of Vigia may hold. */
const unheld = /[\u007F-\u009F\uFFFD-\uFFFF]/g

/** Text as a value or key of YAML: as it is where it can be, else in quotes. */
export function yamlText(text: string): string {
  const plain = /^[A-Za-z][A-Za-z0-9._-]*$/.test(text) && !otherwise.test(text)
  if (plain || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return text
  return JSON.stringify(text).replaceAll(unheld, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Text of a comment: only for people, so that what a file may not hold can be left out. */
export function commentText(text: string): string {
  return text.replaceAll(/\p{Cs}/gu, '?').replaceAll(unheld, '?')
}
