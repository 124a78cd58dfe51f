import { Command, CommanderError, Option } from 'commander'
import { nearest } from '../model/file/nearest.ts'
import type { Text } from '../text/text.ts'
import type { ArgumentSpec, CommandInput, CommandSpec, OptionSpec } from './command.ts'
import { commands, globalOptions } from './registry.ts'
import { UsageError } from './usage.ts'

export interface Parsed {
  /** Null: only `--help` or `--version` was asked, or nothing at all. */
  readonly command: CommandSpec | null
  readonly input: CommandInput
  readonly wants: 'run' | 'help' | 'version' | 'nothing'
}

/** Reads the command line by the registry. Throws a UsageError in the person's language. */
export function parseCommandLine(words: readonly string[], text: Text): Parsed {
  let parsed: Parsed = { command: null, input: { arguments: [], values: {}, switches: new Set() }, wants: 'nothing' }
  const program = quiet(new Command('vigia'))
  for (const option of globalOptions) program.addOption(commanderOption(option))
  program.addOption(new Option('-V, --version'))
  program.action(() => {
    const given = typed(program)
    parsed = { ...parsed, input: inputOf([], given, globalOptions), wants: wanted(given) }
  })
  for (const spec of commands) {
    const command = quiet(program.command(spec.name))
    if (spec.alias !== undefined) command.alias(spec.alias)
    for (const argument of spec.arguments) command.argument(argumentText(argument))
    for (const option of [...spec.options, ...globalOptions]) command.addOption(commanderOption(option))
    command.action(() => {
      const given = { ...typed(program), ...typed(command) }
      const input = inputOf(command.args, given, [...spec.options, ...globalOptions])
      parsed = { command: spec, input, wants: given.help === true ? 'help' : 'run' }
    })
  }
  const spec = commandOf(words, text)
  // `vigia launch --help`, `vigia why --help`: what is missing matters not to who asks for help.
  if (spec !== null && asksForHelp(words)) return { ...parsed, command: spec, wants: 'help' }
  try {
    program.parse([...words], { from: 'user' })
  } catch (error) {
    throw error instanceof CommanderError ? usageError(error, spec, text) : error
  }
  checkChoices(parsed, text)
  return parsed
}

/** `GUEST`, `[GUEST]`, `[GUEST…]`, as the synopsis writes it. */
export function argumentText({ name, required, many }: ArgumentSpec): string {
  const inside = `${name}${many ? '...' : ''}`
  return required ? `<${inside}>` : `[${inside}]`
}

export function optionFlags(option: OptionSpec): string {
  const long = `--${option.negated ? 'no-' : ''}${option.name}`
  return `${option.short === undefined ? '' : `-${option.short}, `}${long}${option.value === undefined ? '' : ` ${option.value}`}`
}

function commanderOption(option: OptionSpec): Option {
  const flags = optionFlags(option)
  return new Option(option.value === undefined ? flags : flags.replace(/ \S+$/, ` <${option.value}>`))
}

function quiet(command: Command): Command {
  return command
    .exitOverride()
    .helpOption(false)
    .helpCommand(false)
    .configureOutput({ writeOut: () => {}, writeErr: () => {} })
}

function wanted(given: Readonly<Record<string, unknown>>): Parsed['wants'] {
  if (given.version === true) return 'version'
  return given.help === true ? 'help' : 'nothing'
}

/** Only what was typed: commander sets a `--no-…` switch by itself, and that must not go over what stands before the command. */
function typed(command: Command): Record<string, unknown> {
  const given = Object.entries(command.opts<Record<string, unknown>>())
  return Object.fromEntries(given.filter(([name]) => command.getOptionValueSource(name) === 'cli'))
}

function inputOf(
  words: readonly string[],
  given: Record<string, unknown>,
  options: readonly OptionSpec[],
): CommandInput {
  const values: Record<string, string> = {}
  const switches = new Set<string>()
  for (const option of options) {
    const value = given[camel(option.name)]
    if (typeof value === 'string') values[option.name] = value
    else if (option.negated ? value === false : value === true) {
      switches.add(option.negated ? `no-${option.name}` : option.name)
    }
  }
  return { arguments: words, values, switches }
}

const camel = (name: string): string => name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())

/** The command a line names: the first word that is neither an option nor an option's value. */
function commandOf(words: readonly string[], text: Text): CommandSpec | null {
  let index = 0
  for (let word = words[0]; word?.startsWith('-') && word !== '--'; word = words[index]) {
    const option = globalOptions.find(({ name, short }) => word === `--${name}` || word === `-${short}`)
    index += option?.value === undefined ? 1 : 2
  }
  const name = words[index]
  if (name === undefined || name === '--') return null
  const found = commands.find((command) => command.name === name || command.alias === name)
  if (found !== undefined) return found
  const near = nearest(
    name,
    commands.map((command) => command.name),
  )
  throw new UsageError(text.cli('usage-unknown-command', { name, ...(near === null ? {} : { nearest: near }) }))
}

function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf('--')
  return (end < 0 ? words : words.slice(0, end)).some((word) => word === '--help' || word === '-h')
}

function checkChoices({ input, command }: Parsed, text: Text): void {
  for (const { name, choices } of [...globalOptions, ...(command?.options ?? [])]) {
    const got = input.values[name]
    if (choices === undefined || got === undefined || choices.includes(got)) continue
    throw new UsageError(
      text.cli('usage-bad-value', { name: `--${name}`, expected: text.choice(choices), got: JSON.stringify(got) }),
      command?.name ?? null,
    )
  }
}

/** Commander's sentences are English; what they are about is taken out of them. */
function usageError(error: CommanderError, spec: CommandSpec | null, text: Text): UsageError {
  const name = /'([^']*)'/.exec(error.message)?.[1] ?? ''
  const nearest = /\(Did you mean (?:one of )?([^?,]+)/.exec(error.message)?.[1]
  const suggestion = nearest === undefined ? {} : { nearest }
  const command = spec?.name ?? null
  switch (error.code) {
    case 'commander.unknownOption':
      return new UsageError(text.cli('usage-unknown-option', { name, ...suggestion }), command)
    case 'commander.missingArgument':
      return new UsageError(text.cli('usage-missing-argument', { name }), command)
    case 'commander.optionMissingArgument':
      return new UsageError(
        text.cli('usage-missing-value', { name: name.replace(/^-\w, /, '').replace(/ <.*/, '') }),
        command,
      )
    case 'commander.excessArguments': {
      const extra = /: (.*)\.$/.exec(error.message)?.[1] ?? name
      const many = extra
        .split(', ')
        .slice(spec?.arguments.length ?? 0)
        .join(', ')
      return new UsageError(text.cli('usage-too-many', { extra: many || extra }), command)
    }
    default:
      return new UsageError(error.message.replace(/^error: /, ''), command)
  }
}
