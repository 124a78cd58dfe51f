import { root } from '../../src/model/file/cluster-table.ts'
import { defaults, guest } from '../../src/model/file/guest-table.ts'
import {
  maxCharacters,
  maxDepth,
  maxFiles,
  maxGuests,
  maxHosts,
  maxItems,
  maxNeeds,
  maxProblems,
  maxRules,
} from '../../src/model/file/limits.ts'
import type { JsonSchema } from '../../src/model/file/shape.ts'

/** A part of the cluster file and where it stands, in the order in which a reader needs them. */
const parts: readonly { readonly name: string; readonly title: string }[] = [
  { name: 'guest', title: 'A guest (`guests: NAME:`)' },
  { name: 'service', title: 'A service (in `services:`), where a short text says too little' },
  { name: 'need', title: 'A need (in `needs:`), where a short text says too little' },
  { name: 'machine', title: 'A machine defined here (`define:`)' },
  { name: 'disk', title: 'A disk (in `disks:`)' },
  { name: 'interface', title: 'A network interface (in `interfaces:`)' },
  { name: 'textOrFile', title: 'A text, or the file that holds it' },
  { name: 'host', title: 'A host (`hosts: NAME:`)' },
  { name: 'fenceDevice', title: 'A fence device (in `fence:`)' },
  { name: 'rule', title: 'A rule (in `rules:`)' },
  { name: 'calendar', title: 'A calendar (in `calendars:`)' },
  { name: 'sla', title: 'A promise (in `sla:`)' },
  { name: 'settings', title: 'Settings (`settings:`)' },
]

/** Tables of every key with its values and its default, made from the tables that the parser reads with. */
export function clusterFileKeys(): string {
  const definitions = new Map<string, JsonSchema>()
  const whole = root.schema(definitions)
  guest.schema(definitions)
  defaults.schema(definitions)
  const described = [
    ...table('The file', whole),
    ...parts.flatMap(({ name, title }) => table(title, definitions.get(name) ?? {})),
    '### Defaults (`defaults:`)',
    '',
    `The same as for a guest, except ${notInDefaults(definitions)}; \`address\` may only say where addresses are looked for.`,
  ]
  return described.join('\n')
}

function notInDefaults(definitions: ReadonlyMap<string, JsonSchema>): string {
  const shared = new Set(rowsOf(definitions.get('defaults') ?? {}).map(({ key }) => key))
  const missing = rowsOf(definitions.get('guest') ?? {})
    .map(({ key }) => key)
    .filter((key) => !shared.has(key) && !key.startsWith('address'))
  return new Intl.ListFormat('en-GB').format(missing.map((key) => `\`${key}\``))
}

function table(title: string, schema: JsonSchema): string[] {
  const rows = rowsOf(schema).map(
    ({ key, required, values, fallback, doc }) =>
      `| \`${key}\`${required ? ' (needed)' : ''} | ${values} | ${fallback} | ${doc.replaceAll('|', '\\|')} |`,
  )
  return [`### ${title}`, '', '| key | values | default | |', '|---|---|---|---|', ...rows, '']
}

interface Row {
  readonly key: string
  readonly required: boolean
  readonly values: string
  readonly fallback: string
  readonly doc: string
}

/** A row for each key, those of maps inside after it as `memory.start`. */
function rowsOf(schema: JsonSchema, prefix = '', required: readonly string[] = []): Row[] {
  const map = mapIn(schema)
  if (map === null) return []
  const needed = (map.required as readonly string[] | undefined) ?? required
  return Object.entries(map.properties as Record<string, JsonSchema>).flatMap(([name, inner]) => {
    const key = `${prefix}${name}`
    const row: Row = {
      key,
      required: needed.includes(name),
      values: valuesOf(inner),
      fallback: inner.default === undefined || inner.default === '' ? '' : `\`${String(inner.default)}\``,
      doc: String(inner.description ?? ''),
    }
    return [row, ...rowsOf(inner, `${key}.`)]
  })
}

/** The map with named keys that a schema allows, itself or as one of its choices; not behind a reference. */
function mapIn(schema: JsonSchema): JsonSchema | null {
  if (schema.properties !== undefined) return schema
  for (const one of choicesOf(schema)) {
    const found = mapIn(one)
    if (found !== null) return found
  }
  return null
}

function choicesOf(schema: JsonSchema): readonly JsonSchema[] {
  return (schema.anyOf as readonly JsonSchema[] | undefined) ?? []
}

/** Bounds of the file as a whole. */
export function clusterFileLimits(): string {
  const rows: readonly (readonly [string, number])[] = [
    ['characters of all its files together', maxCharacters],
    ['files', maxFiles],
    ['guests', maxGuests],
    ['hosts', maxHosts],
    ['rules', maxRules],
    ['needs, with tags written out', maxNeeds],
    ['items of any other list', maxItems],
    ['levels, one inside the other', maxDepth],
    ['errors listed', maxProblems],
  ]
  return ['| at most | |', '|---|---|', ...rows.map(([what, most]) => `| ${what} | ${most} |`)].join('\n')
}

/** What may stand there, in the words of the page. */
function valuesOf(schema: JsonSchema): string {
  const choices = choicesOf(schema).filter(({ type }) => type !== 'null')
  if (choices.length > 0) return [...new Set(choices.map(valuesOf))].join(', or ')
  if (schema.$ref !== undefined) return wordOfReference(String(schema.$ref))
  if (schema.enum !== undefined) return (schema.enum as readonly string[]).map((word) => `\`${word}\``).join(' ')
  if (schema.type === 'array') return `list: ${valuesOf(schema.items as JsonSchema)}`
  if (schema.type === 'object') return schema.properties === undefined ? 'by name' : 'keys'
  if (schema.type === 'boolean') return '`true` `false`'
  if (schema.type === 'integer' || schema.type === 'number') return `${schema.minimum} to ${schema.maximum}`
  return textValues(String(schema.pattern ?? ''))
}

function wordOfReference(reference: string): string {
  const name = reference.split('/').at(-1) ?? ''
  const words: Readonly<Record<string, string>> = {
    textOrFile: 'text, or `file:`',
    interface: 'an interface',
    fenceDevice: 'a fence device',
    settings: 'keys, see below',
    defaults: 'keys, see below',
  }
  return words[name] ?? `a ${name}`
}

function textValues(pattern: string): string {
  if (pattern.includes('[Ii][Bb]')) return 'a size (`512 MiB`)'
  if (pattern.includes('(ms|s|')) return 'a duration (`20s`)'
  if (pattern.includes('(tcp|udp)')) return 'a port (`80/tcp`)'
  if (pattern.startsWith('^[1-5]')) return 'such as `200-399`'
  if (pattern.includes('[:-]')) return 'a MAC address'
  return 'text'
}
