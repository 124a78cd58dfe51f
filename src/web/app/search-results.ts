import type { StatusView } from '../../contract/status.ts'
import type { Route } from '../state/route.ts'

export interface Found {
  readonly kind: 'guest' | 'host' | 'tag' | 'page'
  readonly name: string
  /** What it was found by, if not by its name. */
  readonly by: string | null
  readonly to: Route
}

/** A longer list is not read: one types on. */
export const foundAtMost = 12

/** Over everything: guests by name, address, tag, service and host; hosts; pages. Names that begin so come first. */
export function search(status: StatusView | null, pages: readonly Found[], typed: string): readonly Found[] {
  const asked = typed.trim().toLowerCase()
  if (asked === '') return []
  const scored: { readonly found: Found; readonly score: number }[] = []
  const offer = (found: Found, texts: readonly (string | null)[]): void => {
    const name = found.name.toLowerCase()
    if (name.startsWith(asked)) scored.push({ found, score: 0 })
    else if (name.includes(asked)) scored.push({ found, score: 1 })
    else {
      const by = texts.find((text) => text?.toLowerCase().includes(asked))
      if (by) scored.push({ found: { ...found, by }, score: 2 })
    }
  }
  for (const { id } of status?.hosts ?? [])
    offer({ kind: 'host', name: id, by: null, to: { page: 'host', host: id } }, [])
  for (const { id, address, host, tags, services } of status?.guests ?? []) {
    const to: Route = { page: 'guest', guest: id, tab: 'overview' }
    offer({ kind: 'guest', name: id, by: null, to }, [address, ...tags, ...services.map(({ key }) => key), host])
  }
  for (const page of pages) offer(page, [])
  return scored
    .sort((a, b) => a.score - b.score || a.found.name.localeCompare(b.found.name))
    .slice(0, foundAtMost)
    .map(({ found }) => found)
}
