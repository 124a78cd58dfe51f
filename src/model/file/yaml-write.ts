import type { ClusterSpec } from '../cluster.ts'
import { clusterForm } from './file-form.ts'
import type { Form, FormMap } from './form.ts'

/** Columns after which a list is written an item a line. */
const lineWidth = 110

/** The cluster as `vigia.yaml`, with nothing that goes without saying. `schema` is the address or path for editors, null for none. */
export function toYaml(spec: ClusterSpec, schema: string | null = null): string {
  const head = schema === null ? '' : `# yaml-language-server: $schema=${schema}\n`
  const { version, name, settings, rules, hosts, guests, calendars, sla, drills } = clusterForm(spec)
  return (
    head +
    block({ version, name, settings }, '') +
    names('hosts', hosts) +
    names('guests', guests) +
    block({ rules, calendars, sla, drills }, '')
  )
}

/** Maps that are written a key a line; all others stand in one line. */
const blocks: ReadonlySet<string> = new Set(['settings', 'define', 'cloudInit', 'calendars', 'drills', 'schedules'])

function names(key: string, entries: readonly (readonly [string, FormMap])[]): string {
  if (entries.length === 0) return ''
  return `${key}:\n${entries.map(([name, map]) => `  ${scalarText(name)}:\n${block(map, '    ')}`).join('')}`
}

function block(map: FormMap, indent: string): string {
  let text = ''
  for (const [key, value] of Object.entries(map)) {
    if (value === undefined) continue
    const isBlock = isMap(value) && blocks.has(key) && Object.values(value).some((one) => one !== undefined)
    text += `${indent}${scalarText(key)}:${isBlock ? `\n${block(value, `${indent}  `)}` : valueText(value, indent)}`
  }
  return text
}

function valueText(value: Form, indent: string): string {
  if (typeof value === 'string' && isTidyBlock(value)) {
    const lines = value.slice(0, -1).split('\n')
    return ` |\n${lines.map((line) => (line === '' ? '\n' : `${indent}  ${line}\n`)).join('')}`
  }
  const line = ` ${flow(value)}\n`
  if (!Array.isArray(value) || indent.length + line.length <= lineWidth) return line
  return `\n${value.map((item: Form) => `${indent}  - ${flow(item)}\n`).join('')}`
}

/** Text of several lines that a literal block gives back exactly. */
function isTidyBlock(text: string): boolean {
  return /^[!-~][ -~]*\n(?:[ -~]*\n)*$/.test(text) && !text.endsWith('\n\n') && text !== '\n'
}

function flow(value: Form): string {
  if (Array.isArray(value)) return `[${value.map((item: Form) => flow(item)).join(', ')}]`
  if (isMap(value)) {
    const entries = Object.entries(value).flatMap(([key, one]) =>
      one === undefined ? [] : [`${scalarText(key)}: ${flow(one)}`],
    )
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`
  }
  return typeof value === 'string' ? scalarText(value) : String(value)
}

/** Plain where no YAML reader, of whichever version, takes it for anything but this text. */
function scalarText(text: string): string {
  const plain =
    /^[A-Za-z/][A-Za-z0-9 _./+-]*$/.test(text) ||
    /^[0-9]+(?:\/(?:tcp|udp)| ?[A-Za-z]{1,3}| ?[MGT]iB|-[0-9]+|(?:\.[0-9]+){3})$/.test(text)
  const word = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf)$/i.test(text) || /^[0-9]+[eExXoO]/.test(text)
  return plain && !word && !text.endsWith(' ') ? text : quoted(text)
}

/** JSON's way, which is YAML's too; characters that a cluster file may not hold as they are become escapes. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u007F-\u009F\u2028\u2029\uFEFF\uFFFD-\uFFFF]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function isMap(value: Form | undefined): value is FormMap {
  return typeof value === 'object' && !Array.isArray(value)
}
