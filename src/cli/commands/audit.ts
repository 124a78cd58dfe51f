import type { AuditEntryView } from '../../contract/access.ts'
import { exitCodes } from '../../contract/exit-codes.ts'
import type { CommandInput } from '../command.ts'
import type { CliContext } from '../context.ts'
import { show } from '../output.ts'
import { table } from '../table.ts'
import { countOf, sinceOf } from '../values.ts'

const usualLimit = 50

export async function run(context: CliContext, input: CommandInput): Promise<number> {
  const { text, paint } = context
  const { who, since } = input.values
  const limit = countOf(context, input, 'limit', { from: 1, to: 1_000, usual: usualLimit }, 'audit')
  const client = await context.client()
  const { schemaVersion, entries } = await client.access.audit({
    limit: String(limit),
    ...(who !== undefined && { who }),
    ...(since !== undefined && { since: String(sinceOf(context, since, 'audit')) }),
  })
  // Read from above, as everything else that happened.
  const past = entries.toReversed()
  const headings = ['at', 'who', 'from', 'outcome', 'what'] as const
  await show(context, {
    data: { schemaVersion, entries: past },
    lines: () =>
      past.length === 0
        ? [text.cli('audit-none')]
        : table(
            headings.map((heading) => ({ heading: text.cli(`audit-heading-${heading}`) })),
            past.map((entry) => [
              text.time(entry.at as never),
              entry.who,
              entry.from,
              entry.outcome === 'done' ? text.cli('audit-done') : entry.outcome,
              entry.details === null ? entry.what : `${entry.what} ${entry.details}`,
            ]),
            paint,
            context.out.terminal ? context.out.columns() : null,
          ),
    rows: () => [columns, ...past.map(rowOf)],
  })
  return exitCodes.ok
}

const columns = ['number', 'at', 'who', 'by', 'id', 'from', 'what', 'details', 'outcome']

function rowOf({ number, at, who, by, id, from, what, details, outcome }: AuditEntryView): (string | number | null)[] {
  return [number, new Date(at).toISOString(), who, by, id, from, what, details, outcome]
}
