import type { GuestContent } from './edit-file.ts'

/** As it is typed. */
export interface Draft {
  readonly name: string
  readonly kind: 'domain' | 'machine'
  readonly domain: string
  readonly memory: string
  readonly cpus: string
  readonly disk: string
  readonly bridge: string
  readonly services: string
  readonly needs: readonly string[]
  readonly tags: string
}

export const emptyDraft: Draft = {
  name: '',
  kind: 'domain',
  domain: '',
  memory: '1 GiB',
  cpus: '1',
  disk: '',
  bridge: '',
  services: '',
  needs: [],
  tags: '',
}

/** What keeps it from the next step; all else is for the daemon to check. */
export function draftProblem(draft: Draft, taken: readonly string[]): 'name' | 'taken' | null {
  if (taken.includes(draft.name)) return 'taken'
  return /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(draft.name) ? null : 'name'
}

export function contentOf(draft: Draft): GuestContent {
  const list = (text: string): string[] =>
    text
      .split(/[\n,]/)
      .map((part) => part.trim())
      .filter(Boolean)
  const domain = draft.domain.trim()
  return {
    ...(draft.kind === 'domain'
      ? domain !== '' && domain !== draft.name && { domain }
      : {
          define: {
            cpus: Number(draft.cpus) || 1,
            memory: draft.memory.trim(),
            disks: list(draft.disk),
            interfaces: draft.bridge.trim() === '' ? [] : [{ bridge: draft.bridge.trim() }],
          },
        }),
    tags: list(draft.tags),
    services: list(draft.services),
    needs: draft.needs,
  }
}
