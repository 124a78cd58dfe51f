import type { EventsQuery } from '../../contract/events.ts'
import { exitCodes } from '../../contract/exit-codes.ts'
import type { StoredEvent } from '../../model/event.ts'
import { csv } from '../../text/csv.ts'
import type { CommandInput } from '../command.ts'
import type { CliContext } from '../context.ts'
import { usualEventLimit } from '../help.ts'
import { say, show } from '../output.ts'
import { countOf, sinceOf } from '../values.ts'

export async function run(context: CliContext, input: CommandInput): Promise<number> {
  const { guest, since } = input.values
  const limit = countOf(context, input, 'limit', { from: 1, to: 10_000, usual: usualEventLimit }, 'events')
  const filter: EventsQuery = {
    ...(guest === undefined ? {} : { guest }),
    ...(since === undefined ? {} : { from: String(sinceOf(context, since, 'events')) }),
  }
  const client = await context.client()
  const { schemaVersion, events } = await client.events({ ...filter, newestFirst: '1', limit: String(limit) })
  const past = events.toReversed()
  const follow = input.switches.has('follow')
  if (!follow) {
    await show(context, {
      data: { schemaVersion, events: past },
      lines: () => (past.length === 0 ? [context.text.cli('events-none')] : past.map((event) => line(context, event))),
      rows: () => [columns, ...past.map(row)],
    })
    return exitCodes.ok
  }
  if (context.format === 'csv') context.out.write(csv([columns]))
  for (const event of past) await one(context, event)
  const after = past.at(-1)?.id
  let lost = false
  for await (const live of client.liveEvents(
    after === undefined ? filter : { ...filter, after: String(after) },
    context.interrupted,
  )) {
    if (live.kind === 'value') {
      if (lost) say(context, context.text.cli('wait-back'))
      await one(context, live.value)
    } else if (!lost) say(context, context.text.cli('wait-lost'))
    lost = live.kind === 'lost'
  }
  return exitCodes.ok
}

const columns = ['id', 'at', 'host', 'actor', 'word', 'guest', 'service', 'because', 'fault', 'note']

/** Each event by itself: JSON a line, CSV a row, YAML a document. */
async function one(context: CliContext, event: StoredEvent): Promise<void> {
  if (context.format === 'table') context.out.write(`${line(context, event)}\n`)
  else if (context.format === 'json') context.out.write(`${JSON.stringify(event)}\n`)
  else if (context.format === 'csv') context.out.write(csv([row(event)]))
  else {
    context.out.write('---\n')
    await show(context, { data: event, lines: () => [], rows: () => [] })
  }
}

function line({ text }: CliContext, event: StoredEvent): string {
  return `${text.time(event.at)}  ${text.event(event)}`
}

function row(event: StoredEvent): (string | number | null)[] {
  const { id, at, host, actor, word, guest, service, because, fault, note } = event
  const when = new Date(at).toISOString()
  return [id, when, host, actor, word, guest, service, because?.code ?? null, fault?.code ?? null, note]
}
