import type { cliHelp } from '../text/en/cli-help.ts'
import type { CliContext } from './context.ts'

export type HelpKey = keyof typeof cliHelp

/** Those that name no default of the code: said without arguments. */
export type PlainHelpKey = Exclude<
  HelpKey,
  'option-socket' | 'option-limit' | 'option-libvirt-socket' | 'option-libvirt-uri' | 'option-ports' | 'option-rate'
>

/** One argument as it stands in the synopsis. */
export interface ArgumentSpec {
  readonly name: string
  readonly required: boolean
  readonly many: boolean
  /** What may follow many of them, in the synopsis only: the command tells it apart. */
  readonly last?: string
  /** What the shell completes it with. */
  readonly complete: 'guests' | 'hosts' | 'files' | 'commands' | readonly string[]
}

export interface OptionSpec {
  /** Without the dashes. */
  readonly name: string
  readonly short?: string
  /** Its value's name in the synopsis; absent = a switch. */
  readonly value?: string
  readonly choices?: readonly string[]
  readonly complete?: 'guests' | 'hosts' | 'files'
  /** Written `--no-NAME`: a switch that is on unless this is given. */
  readonly negated?: boolean
  readonly help: HelpKey
}

export interface ExampleSpec {
  readonly line: string
  readonly help: HelpKey
}

/** What one command is: parsing, help, completion and man page are all made from this. */
export interface CommandSpec {
  readonly name: string
  readonly alias?: string
  readonly arguments: readonly ArgumentSpec[]
  readonly options: readonly OptionSpec[]
  readonly summary: PlainHelpKey
  readonly about: PlainHelpKey
  readonly examples: readonly ExampleSpec[]
  readonly exits: readonly PlainHelpKey[]
  readonly load: () => Promise<CommandModule>
}

export interface CommandModule {
  /** Resolves to the exit code; throws a Fault or UsageError for what is told to the person. */
  run(context: CliContext, input: CommandInput): Promise<number>
}

/** What was typed, parsed. */
export interface CommandInput {
  readonly arguments: readonly string[]
  readonly values: Readonly<Record<string, string | undefined>>
  readonly switches: ReadonlySet<string>
}
