import type { RuleSpec } from '../../model/cluster.ts'
import { Fault } from '../../model/fault.ts'
import { nearest } from '../../model/file/nearest.ts'
import type { GuestId } from '../../model/ids.ts'
import { guestId } from '../../model/ids.ts'
import { parseCommand } from './commands.ts'
import { noExpectations, readExpectations } from './expectations.ts'
import { oneOfOr, readGuests, readHosts } from './guests.ts'
import type { Scenario, ScenarioGuest, ScenarioSettings, Step } from './scenario.ts'
import { defaultScenarioSettings } from './scenario.ts'
import type { Field, Problem } from './source.ts'
import { quote, Source } from './source.ts'

export type ReadResult =
  | { readonly ok: true; readonly scenario: Scenario }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** Most problems told at once; the rest would only scroll the first away. */
const maxProblems = 100

const topKeys = ['claim', 'hosts', 'guests', 'rules', 'settings', 'script', 'runFor', 'expect'] as const

/** Reads a scenario file. Everything wrong with it is told at once, in the order of the file; nothing is thrown. */
export function readScenario(text: string, path: string): ReadResult {
  const source = new Source(text)
  const scenario = source.problems.length === 0 ? read(source, path) : null
  if (scenario !== null && source.problems.length === 0) return { ok: true, scenario }
  const problems = [...source.problems].sort((a, b) => a.line - b.line || a.column - b.column)
  return { ok: false, problems: problems.slice(0, maxProblems) }
}

/** The scenario, or the Fault `bad-data` that lists what is wrong, a line `path:line:column: …` each. */
export function readScenarioOrThrow(text: string, path: string): Scenario {
  const result = readScenario(text, path)
  if (result.ok) return result.scenario
  throw new Fault('bad-data', 'not-done', {
    path,
    problems: result.problems.map((problem) => problemLine(path, problem)),
  })
}

export function problemLine(path: string, problem: Problem): string {
  return `${path}:${problem.line}:${problem.column}: ${problem.text}`
}

function read(source: Source, path: string): Scenario | null {
  const record = source.record(source.root, 'a scenario: a mapping with claim, hosts, guests, script, runFor', topKeys)
  if (record === null) return null
  for (const key of ['claim', 'script', 'runFor'] as const) {
    if (!record.has(key)) source.refuse(source.root, key, 'none')
  }
  const hosts = readHosts(source, record.get('hosts'))
  const hostNames = new Set<string>(hosts.map((host) => host.id))
  const guests = readGuests(source, record.get('guests'), hostNames)
  const names = {
    hosts: hostNames,
    guests: new Set<string>(guests.map((guest) => guest.id)),
    services: serviceNames(guests),
  }
  const runForMs = record.has('runFor') ? (source.duration(record.get('runFor')!.value) ?? 0) : 0
  return {
    path,
    claim: record.has('claim') ? (source.text(record.get('claim')!.value, 'a sentence')?.text ?? '') : '',
    hosts,
    guests,
    rules: readRules(source, record.get('rules'), names),
    settings: readSettings(source, record.get('settings')),
    script: readScript(source, record.get('script'), names, runForMs),
    runForMs,
    expect: record.has('expect') ? readExpectations(source, record.get('expect'), names) : noExpectations,
  }
}

interface Names {
  readonly hosts: ReadonlySet<string>
  readonly guests: ReadonlySet<string>
  readonly services: ReadonlySet<string>
}

function serviceNames(guests: readonly ScenarioGuest[]): Set<string> {
  return new Set(
    guests.flatMap((guest) => [...guest.services, ...guest.servedForOthers].map((key) => `${guest.id}:${key}`)),
  )
}

const policies = ['migrate', 'freeze', 'failover', 'conditional'] as const

/** Each setting of the file that is a time, and the field it fills. */
const timeSettings: Readonly<Record<string, keyof ScenarioSettings & `${string}Ms`>> = {
  lease: 'leaseMs',
  freeze: 'freezeMs',
  coldStartWait: 'coldStartWaitMs',
  grace: 'graceMs',
  probeInterval: 'probeIntervalMs',
  probeTimeout: 'probeTimeoutMs',
  agentStart: 'agentStartMs',
  daemonRestart: 'daemonRestartMs',
  boot: 'bootMs',
  serviceStart: 'serviceStartMs',
  stop: 'stopMs',
  migration: 'migrationMs',
  reboot: 'rebootMs',
}

function readSettings(source: Source, field: Field | undefined): ScenarioSettings {
  if (field === undefined) return defaultScenarioSettings
  const known = ['onHostShutdown', 'survive', 'probeFall', ...Object.keys(timeSettings)]
  const record = source.record(field.value, 'a mapping of settings', known)
  if (record === null) return defaultScenarioSettings
  const times = Object.entries(timeSettings).flatMap(([key, name]) => {
    const found = record.get(key)
    const ms = found === undefined ? null : source.duration(found.value)
    return ms === null ? [] : [[name, ms] as const]
  })
  const survive = record.get('survive')
  const fall = record.get('probeFall')
  return {
    ...defaultScenarioSettings,
    ...Object.fromEntries(times),
    onHostShutdown: oneOfOr(source, record.get('onHostShutdown'), policies, 'conditional'),
    survive: (survive && source.integer(survive.value, 0, 64)) ?? 0,
    probeFall: (fall && source.integer(fall.value, 1, 100)) ?? defaultScenarioSettings.probeFall,
  }
}

function readRules(source: Source, field: Field | undefined, names: Names): RuleSpec[] {
  if (field === undefined) return []
  return (source.list(field.value, 'a list of rules') ?? []).flatMap((item): RuleSpec[] => {
    const record = source.record(item, 'a rule', ['kind', 'guests', 'hosts', 'strict'])
    if (record === null) return []
    for (const key of ['kind', 'guests', 'strict']) {
      if (!record.has(key)) source.refuse(item, `${key} in the rule`, 'none')
    }
    const kind = oneOfOr(source, record.get('kind'), ['hosts', 'together', 'apart'] as const, 'together')
    const strict = record.has('strict') ? (source.boolean(record.get('strict')!.value) ?? true) : true
    const guests = readRuleGuests(source, record.get('guests'), names)
    const hosts = record.get('hosts')
    if (kind !== 'hosts') {
      if (hosts !== undefined) source.refuse(hosts.keyNode, `no hosts in a rule of kind ${kind}`, 'hosts')
      return [{ kind, guests, strict }]
    }
    if (hosts === undefined) source.refuse(item, 'hosts in the rule', 'none')
    return [{ kind, guests, hosts: readPriorities(source, hosts, names), strict }]
  })
}

function readRuleGuests(source: Source, field: Field | undefined, names: Names): GuestId[] {
  if (field === undefined) return []
  return (source.list(field.value, 'a list of guests') ?? []).flatMap((item) => {
    const placed = source.text(item, 'a guest')
    if (placed === null) return []
    if (names.guests.has(placed.text)) return [guestId(placed.text)]
    source.refuse(placed.offset, 'a guest of this file', quote(placed.text), nearest(placed.text, names.guests))
    return []
  })
}

function readPriorities(source: Source, field: Field | undefined, names: Names): Record<string, number> {
  const priorities: Record<string, number> = {}
  if (field === undefined) return priorities
  for (const entry of source.fields(field.value, 'a mapping such as { node1: 2 }') ?? []) {
    if (!names.hosts.has(entry.key)) {
      source.refuse(entry.keyNode, 'a host of this file', quote(entry.key), nearest(entry.key, names.hosts))
    }
    priorities[entry.key] = source.integer(entry.value, 0, 1_000) ?? 0
  }
  return priorities
}

function readScript(source: Source, field: Field | undefined, names: Names, runForMs: number): Step[] {
  if (field === undefined) return []
  const steps = (source.list(field.value, 'a list of steps') ?? []).flatMap((item) => {
    const record = source.record(item, 'a step such as { at: 20s, do: […] }', ['at', 'do'])
    if (record === null) return []
    const at = record.get('at')
    const lines = record.get('do')
    if (at === undefined) source.refuse(item, 'at in the step', 'none')
    if (lines === undefined) source.refuse(item, 'do in the step', 'none')
    const atMs = at === undefined ? 0 : (source.duration(at.value) ?? 0)
    if (at !== undefined && runForMs > 0 && atMs > runForMs) {
      source.refuse(at.value, `a time within runFor (${runForMs / 1_000}s)`, `${atMs / 1_000}s`)
    }
    const commands = (lines === undefined ? [] : (source.list(lines.value, 'a list of commands') ?? [])).flatMap(
      (line) => {
        const placed = source.text(line, 'a command')
        const command = placed === null ? null : parseCommand(source, placed, names)
        return placed === null || command === null ? [] : [{ text: placed.text, command }]
      },
    )
    return [{ atMs, commands }]
  })
  return steps.sort((a, b) => a.atMs - b.atMs)
}
