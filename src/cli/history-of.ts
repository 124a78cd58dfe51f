import { eventsMaximum } from '../contract/events.ts'
import { tellingWords } from '../core/availability/observe.ts'
import type { ClusterSnapshot } from '../core/snapshot.ts'
import { snapshotFrom } from '../core/snapshot-text.ts'
import type { StoredEvent } from '../model/event.ts'
import { Fault } from '../model/fault.ts'
import type { CliContext } from './context.ts'

/** All that the history says of availability, page by page: the daemon reads, this process reckons. */
export async function tellingEvents(context: CliContext): Promise<readonly StoredEvent[]> {
  const client = await context.client()
  const words = tellingWords.join(',')
  const found: StoredEvent[] = []
  let after = 0
  for (;;) {
    const { events } = await client.events({ words, limit: String(eventsMaximum), after: String(after) })
    for (const event of events) found.push(event)
    after = events.at(-1)?.id ?? after
    if (events.length < eventsMaximum) return found
  }
}

/** The cluster as the daemon has it now. Faults: `bad-data`, `refused` where no file was applied. */
export async function liveSnapshot(context: CliContext): Promise<ClusterSnapshot> {
  const told = JSON.stringify(await (await context.client()).snapshot())
  const snapshot = snapshotFrom(told)
  if (snapshot !== null) return snapshot
  throw new Fault('bad-data', 'not-done', {
    where: 'vigiad',
    expected: 'a snapshot of this version',
    got: told.slice(0, 40),
  })
}
