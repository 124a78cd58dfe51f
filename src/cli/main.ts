import { defaultSocketPath } from '../contract/protocol.ts'
import { chooseLocale, type Locale } from '../text/locale.ts'
import type { Text } from '../text/text.ts'
import { createText } from '../text/text.ts'
import type { CommandInput, CommandSpec } from './command.ts'
import { complaint } from './complain.ts'
import type { CliContext, CliPowers, Keyboard, OutputFormat, Secret, Sink } from './context.ts'
import { createPaint } from './paint.ts'
import { parseCommandLine } from './parse.ts'

/** What `src/bin/vigia.ts` knows of the process it is. */
export interface CliWorld {
  /** The words after the command's own name. */
  readonly words: readonly string[]
  /** As LANG and its kin say. */
  readonly language: string
  readonly socketPath: string | null
  readonly noColor: boolean
  readonly user: string
  readonly version: string
  readonly out: Sink
  readonly err: Sink
  readonly powers: CliPowers
  readonly interrupted: AbortSignal
  readonly now: () => number
  readonly wall: () => number
  readonly ask: (question: string) => Promise<string | null>
  readonly askSecret?: (question: string) => Promise<Secret | null>
  readonly keyboard?: () => Keyboard | null
}

/** Runs one command line; resolves to its exit code. Never throws. */
export async function runCli(world: CliWorld): Promise<number> {
  let text = createText(spokenIn(world.words) ?? chooseLocale(world.language))
  const closers: (() => void)[] = []
  try {
    const { command, input, wants } = parseCommandLine(world.words, text)
    const { lang } = input.values
    if (lang !== undefined) text = createText(lang as Locale)
    const context = contextOf(world, text, input, closers)
    if (wants === 'version') {
      world.out.write(`vigia ${world.version}\n`)
      return 0
    }
    if (wants === 'help') return await help(context, command)
    if (command === null) {
      await help({ ...context, out: world.err }, null)
      return complain(world, text, await missingCommand(text))
    }
    const module = await command.load()
    return await module.run(context, input)
  } catch (error) {
    return complain(world, text, error)
  } finally {
    for (const close of closers) close()
  }
}

async function missingCommand(text: Text): Promise<Error> {
  const { UsageError } = await import('./usage.ts')
  return new UsageError(text.cli('usage-no-command'))
}

async function help(context: CliContext, command: CommandSpec | null): Promise<number> {
  const { helpLines } = await import('./help.ts')
  context.out.write(`${helpLines(context.text, command, context.out.columns()).join('\n')}\n`)
  return 0
}

function complain(world: CliWorld, text: Text, error: unknown): number {
  const { lines, exitCode } = complaint(text, error)
  world.err.write(`${lines.join('\n')}\n`)
  return exitCode
}

/** Even a wrong command line is answered in the language it asks for. */
function spokenIn(words: readonly string[]): Locale | null {
  const index = words.findIndex((word) => word === '--lang' || word.startsWith('--lang='))
  if (index < 0) return null
  const said = words[index]!.includes('=') ? words[index]!.split('=')[1] : words[index + 1]
  return said === 'en' || said === 'pt-BR' ? said : null
}

function contextOf(world: CliWorld, text: Text, input: CommandInput, closers: (() => void)[]): CliContext {
  const { values, switches } = input
  const colours = world.out.terminal && !world.noColor && !switches.has('no-color')
  const socketPath = values.socket ?? world.socketPath ?? defaultSocketPath
  return {
    text,
    format: (values.output ?? 'table') as OutputFormat,
    paint: createPaint(colours),
    out: world.out,
    err: world.err,
    socketPath,
    version: world.version,
    yes: switches.has('yes'),
    powers: world.powers,
    interrupted: world.interrupted,
    now: world.now,
    wall: world.wall,
    ask: world.ask,
    askSecret: async (question) => (await world.askSecret?.(question)) ?? null,
    keyboard: () => world.keyboard?.() ?? null,
    async client(path = socketPath) {
      const [{ createClient }, { unixTransport }] = await Promise.all([
        import('../client/client.ts'),
        import('../client/unix-transport.ts'),
      ])
      const client = createClient(unixTransport(path), world.user)
      closers.push(() => client.close())
      return client
    },
  }
}
