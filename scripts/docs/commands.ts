import type { ArgumentSpec, CommandSpec } from '../../src/cli/command.ts'
import { commands } from '../../src/cli/registry.ts'
import { catalogues } from '../../src/text/text.ts'

/** A table of every command, made from the registry that help and completion are made from. */
export function commandTable(): string {
  const rows = commands.map((command) => `| \`vigia ${synopsis(command)}\` | ${catalogues.en.cli[command.summary]} |`)
  return ['| command | |', '|---|---|', ...rows].join('\n')
}

function synopsis(command: CommandSpec): string {
  return [command.name, ...command.arguments.map(argument)].join(' ').replaceAll('|', '\\|')
}

function argument({ name, required, many, last }: ArgumentSpec): string {
  const word = many ? `${name}…` : name
  return (required ? word : `[${word}]`) + (last === undefined ? '' : ` [${last}]`)
}
