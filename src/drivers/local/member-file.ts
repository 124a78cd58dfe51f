import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '../../model/fault.ts'
import { type HostId, isName } from '../../model/ids.ts'
import type { MemberRecord } from '../../model/member.ts'
import { syncFolder, writeDurably } from '../ca/durable-file.ts'
import { fileFault, systemCode } from '../machine/file-faults.ts'

/** How etcd knows its clients: not at all, by the member's own certificate, or by files of another authority (paths). */
export type StoreTls =
  | 'none'
  | 'member'
  | { readonly authority: string; readonly certificate: string; readonly key: string }

/** The store of a cluster, as this host reaches it. */
export interface StorePlace {
  /** Client URLs of etcd's members, the nearest first. */
  readonly endpoints: readonly string[]
  readonly tls: StoreTls
  /** Ports of an etcd that Vigia looks after, one on each member; null: somebody else does. */
  readonly own: OwnStorePorts | null
}

export interface OwnStorePorts {
  readonly clientPort: number
  readonly peerPort: number
}

/**
 * What makes a host a member, beside its certificate: `cluster.json` in the state directory. Written last when a cluster is founded or
 * joined and removed first when it is left: without it the host is alone.
 */
export interface MemberFile {
  readonly version: 1
  readonly cluster: string
  readonly record: MemberRecord
  readonly peerPort: number
  readonly store: StorePlace
}

/** A few lines; a larger file is something else. */
const maxBytes = 64 * 1024

export function memberFilePath(stateDirectory: string): string {
  return join(stateDirectory, 'cluster.json')
}

/** Null: this host is no member of a cluster. Faults: `bad-data`, `not-allowed`, `file-unreadable`. */
export async function readMemberFile(stateDirectory: string): Promise<MemberFile | null> {
  const path = memberFilePath(stateDirectory)
  try {
    return parse(await readFile(path, 'utf8'), path)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null
    throw fileFault(error, { kind: 'file', path })
  }
}

export async function writeMemberFile(stateDirectory: string, file: MemberFile): Promise<void> {
  const path = memberFilePath(stateDirectory)
  try {
    await mkdir(stateDirectory, { recursive: true, mode: 0o711 })
    await writeDurably(path, `${JSON.stringify(file, null, 2)}\n`, 0o600)
  } catch (error) {
    throw fileFault(error, { kind: 'file', path })
  }
}

/** Harmless when repeated. */
export async function removeMemberFile(stateDirectory: string): Promise<void> {
  const path = memberFilePath(stateDirectory)
  try {
    await rm(path, { force: true })
    await syncFolder(stateDirectory)
  } catch (error) {
    throw fileFault(error, { kind: 'file', path })
  }
}

/** Whom the cluster knows this host as. */
export function memberOf({ record }: MemberFile): HostId {
  return record.id
}

function parse(text: string, path: string): MemberFile {
  if (text.length > maxBytes) throw new Fault('bad-data', 'not-done', { path })
  let found: Partial<MemberFile>
  try {
    found = JSON.parse(text) as Partial<MemberFile>
  } catch (cause) {
    throw new Fault('bad-data', 'not-done', { path, expected: 'JSON' }, { cause })
  }
  const whole =
    found.version === 1 &&
    isName(found.cluster ?? '') &&
    isName(found.record?.id ?? '') &&
    Array.isArray(found.record?.addresses) &&
    Array.isArray(found.store?.endpoints) &&
    typeof found.peerPort === 'number'
  if (!whole) throw new Fault('bad-data', 'not-done', { path })
  return found as MemberFile
}
