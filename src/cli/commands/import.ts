import { writeFileSync } from 'node:fs'
import { exitCodes } from '../../contract/exit-codes.ts'
import { schemaVersion } from '../../contract/protocol.ts'
import { draftLines } from '../../core/import/draft.ts'
import { parsePortList, usualQuestionsPerSecond } from '../../core/import/ports.ts'
import { Fault } from '../../model/fault.ts'
import { parseClusterFile } from '../../model/file/parse-cluster-file.ts'
import type { FoundPort, HostFacts } from '../../model/host-facts.ts'
import type { CommandInput } from '../command.ts'
import type { CliContext } from '../context.ts'
import { draftText } from '../draft-text.ts'
import { say, show } from '../output.ts'
import { badValue } from '../usage.ts'
import { countOf } from '../values.ts'

/** Faster than this is an attack on one's own guests. */
const perSecondMax = 1_000

export async function run(context: CliContext, input: CommandInput): Promise<number> {
  const { text, powers } = context
  if (powers.survey === undefined) {
    say(context, text.cli('not-available', { what: 'import' }))
    return exitCodes.unavailable
  }
  const perSecond = countOf(
    context,
    input,
    'rate',
    { from: 1, to: perSecondMax, usual: usualQuestionsPerSecond },
    'import',
  )
  const facts = await powers.survey({
    libvirtSocket: input.values['libvirt-socket'] ?? null,
    libvirtUri: input.values.uri ?? null,
    ports: portsOf(context, input),
    perSecond,
    signal: context.interrupted,
    onScan: (count, questions) => {
      const takes = text.duration(Math.ceil(questions / perSecond) * 1_000)
      say(context, text.cli('import-scanning', { count, questions, perSecond, takes }))
    },
  })
  return context.format === 'table' ? draft(context, input, facts) : found(context, facts)
}

function portsOf(context: CliContext, input: CommandInput): readonly FoundPort[] | null {
  const given = input.values.ports
  if (given === undefined) return null
  const parsed = parsePortList(given)
  if (parsed.ok) return parsed.ports
  throw badValue(context.text, '--ports', context.text.cli('expected-port-list'), parsed.got, 'import')
}

function draft(context: CliContext, input: CommandInput, facts: HostFacts): number {
  const { text } = context
  const yaml = draftText(draftLines(facts), text)
  const { save } = input.values
  if (save === undefined) context.out.write(yaml)
  else {
    saveNew(context, save, yaml)
    say(context, text.cli('import-saved', { file: save }))
  }
  const checked = parseClusterFile({ path: save ?? 'vigia.yaml', text: yaml, readFile: () => ({ reason: 'ENOENT' }) })
  if (checked.ok) return exitCodes.ok
  say(context, text.cli('import-bad-draft'))
  for (const problem of checked.problems) say(context, text.problemLine(problem))
  return exitCodes.failed
}

/** A file that somebody has worked on is worth more than any draft. */
function saveNew(context: CliContext, path: string, yaml: string): void {
  try {
    writeFileSync(path, yaml, { flag: 'wx', mode: 0o644 })
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') {
      throw badValue(context.text, '--save', context.text.cli('expected-new-file'), path, 'import')
    }
    throw new Fault('file-unreadable', 'not-done', { file: path, text: code || String(error) }, { cause: error })
  }
}

async function found(context: CliContext, facts: HostFacts): Promise<number> {
  await show(context, {
    data: { schemaVersion, ...facts },
    lines: () => [],
    rows: () => [
      ['domain', 'run', 'memoryMib', 'cpus', 'addresses', 'ports'],
      ...facts.domains.map(({ name, run, memoryMib, cpus, addresses, ports }) => [
        name,
        run,
        memoryMib,
        cpus,
        addresses.map(({ address }) => address).join(' '),
        (ports ?? []).map(({ port, protocol }) => `${port}/${protocol}`).join(' '),
      ]),
    ],
  })
  return exitCodes.ok
}
