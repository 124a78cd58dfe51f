import type { Text } from '../text/text.ts'
import type { Section } from './help.ts'
import { help, helpSections, synopsis } from './help.ts'
import { commands } from './registry.ts'

/** The manual page `vigia(1)`, in roff, from the same registry as the help. */
export function manPage(text: Text, version: string): string {
  const whole = helpSections(text, null)
  const listed = text.cli('heading-commands')
  const lines = [`.TH VIGIA 1 "" "vigia ${roff(version)}" ""`]
  for (const section of whole) {
    lines.push(`.SH ${quoted(section.heading)}`)
    if (section.heading !== listed) lines.push(...entryLines(section))
    else for (const command of commands) lines.push(...commandLines(text, command.name))
  }
  lines.push(`.SH ${quoted(text.cli('heading-see-also'))}`, '.BR vigiad (8),', '.BR virsh (1)')
  return `${lines.join('\n')}\n`
}

function commandLines(text: Text, name: string): string[] {
  const command = commands.find((one) => one.name === name)!
  const wanted = [text.cli('heading-options'), text.cli('heading-examples'), text.cli('heading-exit-codes')]
  const parts = helpSections(text, command).filter(({ heading }) => wanted.includes(heading))
  return [
    `.SS ${quoted(synopsis(text, command))}`,
    ...help(text, command.about)
      .split('\n\n')
      .flatMap((paragraph) => ['.PP', roff(paragraph)]),
    ...parts.flatMap((part) => ['.PP', `.I ${roff(part.heading)}`, ...entryLines(part)]),
  ]
}

function entryLines({ entries }: Section): string[] {
  return entries.flatMap(({ term, said }) =>
    term === null ? ['.PP', roff(said)] : ['.TP', `.B ${roff(term)}`, roff(said)],
  )
}

/** A backslash begins a command of roff, and so does a point or a quote at the beginning of a line; a hyphen is no minus. */
function roff(said: string): string {
  return said
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/, '\\&$1')
}

const quoted = (said: string): string => `"${roff(said).replaceAll('"', '\\(dq')}"`
