import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isName } from '../../model/ids.ts'
import type { MemberRecord } from '../../model/member.ts'
import { writeDurably } from '../ca/durable-file.ts'

function pathOf(stateDirectory: string): string {
  return join(stateDirectory, 'known-members.json')
}

/** Who the members were and where, as the store said last: for a start while it cannot be read. Empty where nothing usable was kept. */
export async function readKnownMembers(stateDirectory: string): Promise<readonly MemberRecord[]> {
  try {
    const known = JSON.parse(await readFile(pathOf(stateDirectory), 'utf8')) as Partial<MemberRecord>[]
    const whole = known.every(({ id, addresses }) => isName(id ?? '') && Array.isArray(addresses))
    return whole ? (known as MemberRecord[]) : []
  } catch {
    return []
  }
}

/** Throws the file system's errors. */
export function keepKnownMembers(stateDirectory: string, members: readonly MemberRecord[]): Promise<void> {
  return writeDurably(pathOf(stateDirectory), `${JSON.stringify(members)}\n`, 0o600)
}
