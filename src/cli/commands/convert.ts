import { exitCodes } from '../../contract/exit-codes.ts'
import type { LostField } from '../../model/file/lauxen-write.ts'
import { readClusterFile } from '../cluster-file.ts'
import type { CommandInput } from '../command.ts'
import type { CliContext } from '../context.ts'
import { say } from '../output.ts'

/** The converted file is the data, whatever `-o` says: it is meant to be written to a file. */
export async function run(context: CliContext, input: CommandInput): Promise<number> {
  const { text, out } = context
  const file = input.arguments[0]!
  const { result } = readClusterFile(file)
  for (const problem of [...(result.ok ? [] : result.problems), ...result.warnings])
    say(context, text.problemLine(problem))
  if (!result.ok) {
    say(context, text.cli('file-bad', { file, count: result.problems.length }))
    return exitCodes.badData
  }
  const to = input.values.to ?? (result.format === 'lauxen' ? 'vigia' : 'lauxen')
  if (to === 'vigia') {
    const { toYaml } = await import('../../model/file/yaml-write.ts')
    out.write(toYaml(result.spec))
    return exitCodes.ok
  }
  const { toLauxen } = await import('../../model/file/lauxen-write.ts')
  const converted = toLauxen(result.spec)
  for (const what of lostByField(converted.lost, text.list)) say(context, text.cli('convert-lost', { what }))
  if (converted.lost.length > 0 && !input.switches.has('lossy')) {
    say(context, text.cli('convert-refused'))
    return exitCodes.needsForce
  }
  out.write(converted.text)
  return exitCodes.ok
}

/** `policy.grace (of web and mail)`: a field a line, not one for each guest. */
function lostByField(lost: readonly LostField[], list: (items: readonly string[]) => string): string[] {
  const guestsOf = new Map<string, string[]>()
  for (const { field, guest } of lost) {
    const guests = guestsOf.get(field) ?? []
    if (guest !== null) guests.push(guest)
    guestsOf.set(field, guests)
  }
  return [...guestsOf].map(([field, guests]) => (guests.length === 0 ? field : `${field} (${list(guests)})`))
}
