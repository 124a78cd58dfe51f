import type { DomainFacts } from '../../model/host-facts.ts'
import { byName, isName, nameMaxLength } from '../../model/ids.ts'

export interface GuestName {
  /** In the cluster file; the domain's own name where that is a good one. */
  readonly id: string
  readonly domain: DomainFacts
  /** `unnameable`: a cluster file cannot name this domain at all. */
  readonly problem: 'unnameable' | null
}

/** What a cluster file takes as the name of a domain. */
const namable = /^[^\p{Cc}/]{1,200}$/u

/** A name for each domain, no two alike. Names that are good stay; the others are made of what can stay of them. */
export function guestNames(domains: readonly DomainFacts[]): GuestName[] {
  const sorted = [...domains].sort((a, b) => byName(a.name, b.name))
  const taken = new Set(sorted.map(({ name }) => name).filter(isGood))
  return sorted.map((domain) => {
    if (!namable.test(domain.name)) return { id: '', domain, problem: 'unnameable' }
    if (isGood(domain.name)) return { id: domain.name, domain, problem: null }
    const id = free(likeness(domain.name), taken)
    taken.add(id)
    return { id, domain, problem: null }
  })
}

/** LauXen's format keeps this word for itself, and a file may be converted one day. */
function isGood(name: string): boolean {
  return isName(name) && name.toLowerCase() !== 'nada'
}

function likeness(name: string): string {
  const kept = name
    .normalize('NFKD')
    .replaceAll(/\p{Mn}/gu, '')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, nameMaxLength - 6)
    .replace(/-+$/, '')
  return kept === '' || !isGood(kept) ? 'guest' : kept
}

function free(wished: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wished)) return wished
  for (let number = 2; ; number += 1) {
    const tried = `${wished}-${number}`
    if (!taken.has(tried)) return tried
  }
}
