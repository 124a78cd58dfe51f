import { exitCodes } from '../../contract/exit-codes.ts'
import type { CommandInput } from '../command.ts'
import type { CliContext } from '../context.ts'
import { show } from '../output.ts'
import { UsageError } from '../usage.ts'
import { sizeOf } from '../values.ts'
import { wishRows } from '../wish-lines.ts'

export async function run(context: CliContext, input: CommandInput): Promise<number> {
  const { text } = context
  const [guest = '', size] = input.arguments
  const reset = input.switches.has('reset')
  if (size === undefined && !reset) return showMemory(context, guest)
  if (size !== undefined && reset) throw new UsageError(text.cli('usage-too-many', { extra: size }), 'memory')
  const memoryMib = size === undefined ? null : sizeOf(context, size, 'memory')
  const result = await (await context.client()).memory(guest, memoryMib)
  const done =
    memoryMib === null
      ? text.cli('done-memory-reset', { guests: guest })
      : text.cli('done-memory', { guests: guest, size: text.size(memoryMib) })
  await show(context, {
    data: result,
    lines: () => [result.changed.length === 0 ? text.cli('done-nothing') : done],
    rows: () => wishRows(result),
  })
  return exitCodes.ok
}

async function showMemory(context: CliContext, name: string): Promise<number> {
  const { text } = context
  const { guest, schemaVersion } = await (await context.client()).guest(name)
  const { givenMib, usedMib, maxMib, wishedMib, leastMib, because } = guest.memory
  const size = (mib: number | null): string => (mib === null ? '' : text.size(mib))
  const wished = wishedMib === null ? [] : [text.cli('memory-wished', { guest: name, size: size(wishedMib) })]
  await show(context, {
    data: { schemaVersion, guest: guest.id, memory: guest.memory },
    lines: () => [
      text.cli('memory-line', { guest: name, given: size(givenMib), used: size(usedMib), max: size(maxMib) }),
      ...wished,
      ...(leastMib === undefined ? [] : [text.cli('memory-by-need', { guest: name, least: size(leastMib) })]),
      ...(because === undefined ? [] : [text.cli('memory-because', { because: text.reason(because) })]),
    ],
    rows: () => [
      ['guest', 'givenMib', 'usedMib', 'maxMib', 'wishedMib', 'leastMib', 'because'],
      [guest.id, givenMib, usedMib, maxMib, wishedMib, leastMib ?? null, because?.code ?? null],
    ],
  })
  return exitCodes.ok
}
