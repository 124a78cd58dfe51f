import { defaultLibvirtSocketPath, defaultLibvirtUri, defaultSocketPath } from '../contract/protocol.ts'
import { portListText, usualPorts, usualQuestionsPerSecond } from '../core/import/ports.ts'
import type { Text } from '../text/text.ts'
import type { CommandSpec, HelpKey, OptionSpec } from './command.ts'
import { argumentText, optionFlags } from './parse.ts'
import { commands, globalOptions } from './registry.ts'

/** Events shown unless `--limit` says otherwise; the help names it. */
export const usualEventLimit = 100

/** Widest help: longer lines are hard to read, on however wide a screen. */
const widest = 100

const indent = '  '

/** The help of a command, or of `vigia` itself, as a manual page would say it. */
export function helpLines(text: Text, command: CommandSpec | null, columns: number): string[] {
  const width = Math.min(widest, Math.max(40, columns))
  const lines = helpSections(text, command).flatMap(({ heading, entries }, index) => [
    ...(index === 0 ? [] : ['']),
    heading,
    ...entries.flatMap((entry, place) => [
      // Paragraphs are set apart; terms stand in a list.
      ...(place > 0 && entry.term === null ? [''] : []),
      ...entryLines(entry, width),
    ]),
  ])
  return command === null ? [...lines, '', text.cli('help-more')] : lines
}

/** A paragraph, or a term with what it means. */
export interface Entry {
  readonly term: string | null
  readonly said: string
}

export interface Section {
  readonly heading: string
  readonly entries: readonly Entry[]
}

/** What a help or a page consists of, before anybody lays it out. */
export function helpSections(text: Text, command: CommandSpec | null): Section[] {
  return command === null ? wholeSections(text) : commandSections(text, command)
}

function wholeSections(text: Text): Section[] {
  return [
    section(text.cli('heading-name'), [plain(`vigia - ${text.cli('vigia-summary')}`)]),
    section(text.cli('heading-synopsis'), [plain(`vigia COMMAND ${text.cli('help-usage')}`)]),
    section(text.cli('heading-description'), paragraphs(text.cli('vigia-about'))),
    section(
      text.cli('heading-commands'),
      commands.map((one) => ({ term: one.name, said: help(text, one.summary) })),
    ),
    section(
      text.cli('heading-global-options'),
      globalOptions.map((one) => optionEntry(text, one)),
    ),
    section(text.cli('heading-environment'), environment(text)),
    section(text.cli('heading-files'), [
      { term: defaultSocketPath, said: text.cli('help-file-socket') },
      { term: '/var/lib/vigia', said: text.cli('help-file-state') },
    ]),
  ]
}

function commandSections(text: Text, command: CommandSpec): Section[] {
  const also = command.alias === undefined ? [] : [plain(text.cli('help-alias', { alias: command.alias }))]
  return [
    section(text.cli('heading-name'), [plain(`vigia ${command.name} - ${help(text, command.summary)}`)]),
    section(text.cli('heading-synopsis'), [plain(synopsis(text, command))]),
    section(text.cli('heading-description'), [...paragraphs(help(text, command.about)), ...also]),
    ...(command.options.length === 0
      ? []
      : [
          section(
            text.cli('heading-options'),
            command.options.map((one) => optionEntry(text, one)),
          ),
        ]),
    section(
      text.cli('heading-global-options'),
      globalOptions.map((one) => optionEntry(text, one)),
    ),
    section(
      text.cli('heading-examples'),
      command.examples.map(({ line, help: key }) => ({ term: line, said: help(text, key) })),
    ),
    section(
      text.cli('heading-exit-codes'),
      command.exits.map((key) => exitEntry(help(text, key))),
    ),
  ]
}

export function synopsis(text: Text, command: CommandSpec): string {
  const typed = command.arguments.map((argument) =>
    argumentText(argument)
      .replace(/^<(.*)>$/, '$1')
      .replace('...', '…')
      .concat(argument.last === undefined ? '' : ` [${argument.last}]`),
  )
  return ['vigia', command.name, ...typed, text.cli('help-usage')].join(' ')
}

/** Some of the help names a default that is a figure or a path of the code. */
export function help(text: Text, key: HelpKey): string {
  if (key === 'option-socket') return text.cli(key, { path: defaultSocketPath })
  if (key === 'option-limit') return text.cli(key, { limit: usualEventLimit })
  if (key === 'option-libvirt-socket') return text.cli(key, { path: defaultLibvirtSocketPath })
  if (key === 'option-libvirt-uri') return text.cli(key, { uri: defaultLibvirtUri })
  if (key === 'option-rate') return text.cli(key, { perSecond: usualQuestionsPerSecond })
  if (key === 'option-ports') return text.cli(key, { ports: portListText(usualPorts) })
  return text.cli(key)
}

function optionEntry(text: Text, option: OptionSpec): Entry {
  return { term: optionFlags(option), said: help(text, option.help) }
}

function environment(text: Text): Entry[] {
  return [
    { term: 'VIGIA_SOCKET', said: text.cli('help-environment-socket') },
    { term: 'LANG', said: text.cli('help-environment-lang') },
    { term: 'NO_COLOR', said: text.cli('help-environment-color') },
  ]
}

function exitEntry(line: string): Entry {
  const [, term = '', said = ''] = /^(\S+(?:, \S+)*)\s+(.*)$/.exec(line) ?? []
  return { term, said }
}

const plain = (said: string): Entry => ({ term: null, said })

const paragraphs = (said: string): Entry[] => said.split('\n\n').map(plain)

const section = (heading: string, entries: readonly Entry[]): Section => ({ heading, entries })

/** Terms up to this wide have their meaning beside them; wider ones above it. */
const termWidth = 24

function entryLines({ term, said }: Entry, width: number): string[] {
  if (term === null) return wrap(said, width - indent.length).map((line) => indent + line)
  const beside = ' '.repeat(termWidth)
  const lines = wrap(said, width - termWidth - indent.length).map((line) => indent + beside + line)
  if (term.length + 2 > termWidth) return [indent + term, ...lines]
  return [indent + term.padEnd(termWidth) + (lines[0] ?? '').trimStart(), ...lines.slice(1)]
}

export function wrap(said: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of said.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}
