import type { LabClient } from '../lab/client.ts'
import { JOURNAL_PORT, type Journals, journalOnDisk } from '../lab/journal.ts'
import { sleep } from '../lab/run.ts'

/** A guest with a journal, and where its disk lies. */
export interface Writer {
  readonly name: string
  readonly address: string
  readonly disk: string
}

const ASK_LIMIT_MS = 15_000
const TRIES = 12

/** A guest's own word is asked for what was acknowledged since; its disk is read for everything that ever was. Empty = all there. */
export async function missingWrites(
  client: LabClient,
  journals: Journals,
  { name, address, disk }: Writer,
  sinceMs: number,
): Promise<string[]> {
  const all = journals.acknowledged.get(name) ?? []
  const numbers = all.map(({ number }) => number)
  const recent = all.filter(({ atMs }) => atMs >= sinceMs).map(({ number }) => number)
  const told = recent.length === 0 ? new Set<number>() : await toldBy(client, address, Math.min(...recent))
  return [
    ...absent(numbers, journalOnDisk(disk)).map((number) => `${name}: ${number} is not on its disk`),
    ...absent(recent, told).map((number) => `${name}: ${number} is not in what it reads`),
  ]
}

export function absent(wanted: readonly number[], there: ReadonlySet<number>): number[] {
  return wanted.filter((number) => !there.has(number))
}

async function toldBy(client: LabClient, address: string, since: number): Promise<Set<number>> {
  let line = ''
  for (let tries = 0; tries < TRIES; tries++) {
    ;({ line } = await client.line(address, JOURNAL_PORT, `since ${since}`, ASK_LIMIT_MS))
    if (/^ok .*\bend$/.test(line)) return new Set(line.split(' ').slice(1, -1).map(Number))
    await sleep(500)
  }
  throw new Error(`the guest at ${address} does not tell what is on its disk: ${line || 'no answer'}`)
}
