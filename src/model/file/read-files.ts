import { type ClusterSettings, defaultSettings } from '../cluster.ts'
import { type RootRead, root } from './cluster-table.ts'
import type { ClusterDraft } from './draft.ts'
import { formatOf } from './format.ts'
import { type DefaultValues, guestDraft, mergedDefaults } from './guest-draft.ts'
import { hostSpecOf } from './host-shape.ts'
import { readLauxen } from './lauxen-read.ts'
import { maxCharacters, maxFiles } from './limits.ts'
import { isNothing } from './node.ts'
import { readPlainYaml } from './plain-yaml.ts'
import type { ProblemList } from './problem-list.ts'
import { type Located, Reader, type ReadFile } from './reader.ts'
import { SourceText } from './source.ts'
import { readYamlTree } from './yaml-tree.ts'

/** What reading one file after the other needs to know of those before. */
interface Reading {
  readonly draft: ClusterDraft
  readonly problems: ProblemList
  readonly readFile: ReadFile
  /** Every file read so far, included or read for its text. */
  readonly files: Set<string>
  characters: number
}

/** Reads the first file and those it includes into the draft; gives the paths of all files read. */
export function readClusterFiles(
  input: { readonly path: string; readonly text: string; readonly readFile: ReadFile },
  format: 'vigia' | 'lauxen',
  draft: ClusterDraft,
  problems: ProblemList,
): readonly string[] {
  const files = new Set([input.path])
  const readFile: ReadFile = (path) => {
    files.add(path)
    return input.readFile(path)
  }
  const reading: Reading = { draft, problems, readFile, files, characters: 0 }
  readOne(input.path, input.text, format, {}, [], reading)
  return [...files]
}

/** `above` are the files that led here, the first one first. */
function readOne(
  path: string,
  text: string,
  format: 'vigia' | 'lauxen' | 'auto',
  defaults: DefaultValues,
  above: readonly string[],
  reading: Reading,
): void {
  const source = new SourceText(path, text.startsWith('\uFEFF') ? text.slice(1) : text)
  const reader = new Reader(source, reading.problems, reading.readFile)
  reading.characters += text.length
  if (!isSoundText(reader, reading.characters)) return
  const settled = format === 'auto' ? formatOf(source.text) : format
  if (settled === 'lauxen') {
    readLauxen(reader, reading.draft)
    return
  }
  const tree = readPlainYaml(source.text) ?? readYamlTree(reader)
  if (tree === undefined) return
  if (isNothing(tree)) {
    reader.error({ at: 0 }, { code: 'empty-file' })
    return
  }
  const read = root.read(tree, reader)
  if (read !== undefined) takeRoot(read, reader, defaults, [...above, path], reading)
}

export function isSoundText(reader: Reader, characters: number): boolean {
  const { text } = reader.source
  const tooLarge = characters > maxCharacters
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  const strange = tooLarge ? null : /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F\uFFFD\uFFFE\uFFFF]/.exec(text)
  if (tooLarge) reader.error({ at: 0 }, { code: 'too-large', expected: maxCharacters, got: characters })
  else if (strange !== null) {
    const code = strange[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')
    reader.error({ at: strange.index }, { code: 'not-text', got: `U+${code}` })
  } else if (/^\s*$/.test(text)) reader.error({ at: 0 }, { code: 'empty-file' })
  else return true
  return false
}

function takeRoot(
  read: RootRead,
  reader: Reader,
  defaults: DefaultValues,
  above: readonly string[],
  reading: Reading,
): void {
  const { draft } = reading
  const { values } = read
  const isFirst = above.length === 1
  checkFirstFile(read, reader, isFirst)
  if (isFirst) {
    draft.name = values.name ?? draft.name
    draft.settings = settingsOf(values.settings?.values ?? {})
    if (values.drills !== undefined) draft.drills = { source: reader.source, read: values.drills }
  }
  const merged = mergedDefaults(values.defaults?.values ?? {}, defaults)
  takeHosts(read, reader, draft)
  takeGuests(read, reader, merged, draft)
  takeRules(read, reader, draft)
  takeSlas(read, reader, draft)
  values.include?.forEach((one, index) => {
    reader.under('include', () => reader.under(index, () => include(one, reader, merged, above, reading)))
  })
}

function checkFirstFile({ at, values, places }: RootRead, reader: Reader, isFirst: boolean): void {
  if (isFirst && places.version === undefined) reader.error({ at }, { code: 'missing-key', expected: 'version' })
  if (values.version !== undefined && values.version !== 1) {
    const data = { code: 'unsupported-version', expected: 1, got: String(values.version) } as const
    reader.under('version', () => reader.error({ at: places.version ?? at }, data))
  }
  for (const key of ['name', 'settings', 'drills'] as const) {
    if (isFirst || places[key] === undefined) continue
    reader.error({ at: places[key] ?? at }, { code: 'key-not-here', got: key, expected: 'first-file' })
  }
}

function include(
  one: Located<string>,
  reader: Reader,
  defaults: DefaultValues,
  above: readonly string[],
  reading: Reading,
): void {
  const { value: path } = one
  const loop = above.indexOf(path)
  if (loop >= 0) {
    reader.error(one, { code: 'include-cycle', got: path, files: [...above.slice(loop), path] })
    return
  }
  // Two files may include the same third one.
  if (reading.files.has(path)) return
  if (reading.files.size >= maxFiles) {
    reader.error(one, { code: 'too-many', what: 'files', expected: maxFiles, got: reading.files.size + 1 })
    return
  }
  const text = reader.fileText(one, path)
  if (text !== undefined) readOne(path, text, 'auto', defaults, above, reading)
}

function takeHosts({ values }: RootRead, reader: Reader, draft: ClusterDraft): void {
  for (const { key, keyAt, value } of values.hosts ?? []) {
    const spec = hostSpecOf(key, value?.values ?? {})
    draft.hosts.push({ source: reader.source, at: keyAt, memoryAt: value?.places.memory ?? keyAt, spec })
  }
}

function takeGuests({ values }: RootRead, reader: Reader, defaults: DefaultValues, draft: ClusterDraft): void {
  reader.under('guests', () => {
    for (const { key, keyAt, value } of values.guests ?? []) {
      draft.declared.add(key)
      if (value === undefined) continue
      const guest = reader.under(key, () => guestDraft(key, keyAt, value, defaults, reader))
      if (guest !== undefined) draft.guests.push(guest)
    }
  })
}

function takeRules({ values }: RootRead, reader: Reader, draft: ClusterDraft): void {
  values.rules?.forEach(({ value, at }, index) => {
    const { kind, guests = [], hosts, strict = false } = value.values
    const missing = (['kind', 'guests', ...(kind === 'hosts' ? (['hosts'] as const) : [])] as const).filter(
      (key) => value.places[key] === undefined,
    )
    for (const key of missing) {
      reader.under('rules', () =>
        reader.under(index, () => reader.error({ at }, { code: 'missing-key', expected: key })),
      )
    }
    if (kind !== undefined)
      draft.rules.push({ source: reader.source, index, at, kind, guests, hosts: hosts ?? [], strict })
  })
}

function takeSlas({ values }: RootRead, reader: Reader, draft: ClusterDraft): void {
  const { source } = reader
  for (const { key, keyAt, value } of values.calendars ?? []) {
    const { timeZone, hours, holidays = [] } = value?.values ?? {}
    if (timeZone === undefined || hours === undefined) continue
    const days = holidays.map((day) => day.value)
    draft.calendars.push({ source, at: keyAt, hours: { name: key, timeZone, days: hours, holidays: days } })
  }
  values.sla?.forEach(({ value, at }, index) => {
    draft.slas.push({ source, index, at, values: value.values, places: value.places })
  })
}

function settingsOf(given: NonNullable<RootRead['values']['settings']>['values']): ClusterSettings {
  return {
    onHostShutdown: given.onHostShutdown ?? defaultSettings.onHostShutdown,
    leaseMs: given.lease ?? defaultSettings.leaseMs,
    freezeMs: given.freeze ?? defaultSettings.freezeMs,
    coldStartWaitMs: given.coldStartWait ?? defaultSettings.coldStartWaitMs,
    survive: given.survive ?? defaultSettings.survive,
    survivePolicy: given.survivePolicy ?? defaultSettings.survivePolicy,
    maxMovesAtOnce: given.maxMovesAtOnce ?? defaultSettings.maxMovesAtOnce,
    migrationBandwidthMib: given.migrationBandwidth ?? defaultSettings.migrationBandwidthMib,
    migrationTimeLimitMs: given.migrationTimeLimit ?? defaultSettings.migrationTimeLimitMs,
    onMigrationTimeLimit: given.onMigrationTimeLimit ?? defaultSettings.onMigrationTimeLimit,
    hook: given.hook ?? defaultSettings.hook,
    historyDays: given.historyDays ?? defaultSettings.historyDays,
    historyMaxEvents: given.historyMaxEvents ?? defaultSettings.historyMaxEvents,
  }
}
