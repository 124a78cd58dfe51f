import type { AuthorityLine } from '../cli/context.ts'
import { mayBeginAnew } from '../core/authority-change.ts'
import { fingerprint, readCertificate } from '../drivers/ca/certificates.ts'
import type { IdentityFolder } from '../drivers/ca/identity-folder.ts'
import { localClock } from '../drivers/local/clock.ts'
import type { MemberFile } from '../drivers/local/member-file.ts'
import type { AuthorityChange, AuthorityProgress } from '../model/authority-change.ts'
import { Fault } from '../model/fault.ts'
import { byName } from '../model/ids.ts'
import type { MemberRecord } from '../model/member.ts'
import { type Entry, type Store, storeKeys } from '../ports/store.ts'

interface Acting {
  readonly file: MemberFile
  readonly folder: IdentityFolder
  readonly store: Store
}

/**
 * Begins a change of the cluster's authority, or finds one under way and says which. The daemons do the rest. Repeated after a crash it carries
 * on. Faults: `refused` (`signs-nobody`), `daemon-busy`, the store's, the file system's.
 */
export async function rotateAuthority({
  file,
  folder,
  store,
}: Acting): Promise<{ readonly next: string; readonly begun: boolean }> {
  const state = await folder.load()
  if (state.kind !== 'member' || state.authorityKey === null)
    throw new Fault('refused', 'not-done', { why: 'signs-nobody' })
  const { entries } = await store.read('')
  const known = entries.find(({ key }) => key === storeKeys.authorityChange)
  const kept = await folder.next()
  const keptName = kept === null ? null : fingerprint(readCertificate(kept.certificate))
  if (known !== undefined) {
    const change = JSON.parse(known.value) as AuthorityChange
    const hasKey = kept?.key != null && keptName === change.next
    const members = membersIn(entries).map(({ id }) => id)
    if (!mayBeginAnew(change, progressIn(entries), members, hasKey)) return { next: change.next, begun: false }
  }
  const { certificate } = await folder.prepareNext(file.cluster, localClock().wall())
  const next = fingerprint(readCertificate(certificate))
  const change: AuthorityChange = { next, certificate, begunBy: file.record.id, at: localClock().wall() }
  const key = storeKeys.authorityChange
  const { done } = await store.transact({
    when: [{ key, revision: known?.revision ?? 0 }],
    put: [{ key, value: JSON.stringify(change) }],
    remove: [],
  })
  if (!done) throw new Fault('daemon-busy', 'not-done', {})
  return { next, begun: true }
}

/** How far each member has come with this change. Null: it is done. */
export async function authorityProgress(store: Store, next: string): Promise<readonly AuthorityLine[] | null> {
  const { entries } = await store.read('')
  const known = entries.find(({ key }) => key === storeKeys.authorityChange)
  if (known === undefined || (JSON.parse(known.value) as AuthorityChange).next !== next) return null
  const progress = progressIn(entries).filter((one) => one.next === next)
  return membersIn(entries)
    .map(({ id }) => ({ member: id, stage: progress.find(({ member }) => member === id)?.stage ?? null }))
    .sort((a, b) => byName(a.member, b.member))
}

function membersIn(entries: readonly Entry[]): MemberRecord[] {
  return under(entries, storeKeys.members)
}

function progressIn(entries: readonly Entry[]): AuthorityProgress[] {
  return under(entries, storeKeys.authorityProgresses)
}

function under<T>(entries: readonly Entry[], prefix: string): T[] {
  return entries.filter(({ key }) => key.startsWith(prefix)).map(({ value }) => JSON.parse(value) as T)
}
