import type { Client } from '../../client/client.ts'
import { Fault } from '../../model/fault.ts'
import { nearest } from '../../model/file/nearest.ts'
import type { CommandInput } from '../command.ts'
import type { CliContext } from '../context.ts'
import { settleMoves } from '../settle-moves.ts'

export async function run(context: CliContext, input: CommandInput): Promise<number> {
  const client = await context.client()
  const { guests, to } = await named(client, input)
  const request = {
    guests,
    ...(to !== null && { to }),
    cold: input.switches.has('cold'),
    dryRun: input.switches.has('dry-run'),
  }
  return settleMoves(context, client, input, 'migrate', { ask: () => client.migrate(request), triedAgain: false })
}

/** The last of several words may be a host: a guest of that name would have to be told apart with --to. */
async function named(client: Client, input: CommandInput): Promise<{ guests: readonly string[]; to: string | null }> {
  const words = input.arguments
  const { to } = input.values
  const last = words.at(-1)!
  if (to !== undefined || words.length === 1) return { guests: words, to: to ?? null }
  const { hosts, guests } = await client.status()
  const hostNames = hosts.map(({ id }) => id)
  if (hostNames.includes(last)) return { guests: words.slice(0, -1), to: last }
  if (last.startsWith('@') || guests.some(({ id }) => id === last)) return { guests: words, to: null }
  const near = nearest(last, [...hostNames, ...guests.map(({ id }) => id)])
  throw new Fault('host-unknown', 'not-done', { host: last, ...(near === null ? {} : { nearest: near }) })
}
