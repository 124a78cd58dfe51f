import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { problemLine, readScenario, readScenarioOrThrow } from '../../../src/sim/scenario/read.ts'

const scenarios = join(import.meta.dirname, '../../scenarios')

for (const folder of readdirSync(scenarios)) {
  for (const name of readdirSync(join(scenarios, folder))) {
    test(`${folder}/${name} is read without a problem`, () => {
      const result = readScenario(readFileSync(join(scenarios, folder, name), 'utf8'), name)
      assert.deepEqual(result.ok ? [] : result.problems, [])
    })
  }
}

const frame = (changes: Record<string, string> = {}): string => {
  const parts: Record<string, string> = {
    hosts: '{ node1: {}, node2: {} }',
    guests: '{ dns: { host: node1, services: [53/udp] }, www: { host: node1, needs: ["dns:53/udp"] } }',
    script: '[{ at: 20s, do: [power node1 on] }]',
    runFor: '60s',
    ...changes,
  }
  return `claim: one\n${Object.entries(parts)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('')}`
}

function problems(text: string): string[] {
  const result = readScenario(text, 'f.yaml')
  return result.ok ? [] : result.problems.map((problem) => problemLine('f.yaml', problem))
}

const command = (line: string): string => frame({ script: `[{ at: 20s, do: ["${line}"] }]` })

test('defaults are filled in', () => {
  const scenario = readScenarioOrThrow(frame(), 'f.yaml')
  assert.deepEqual(scenario.hosts[0], { id: 'node1', cpus: 24, memoryMib: 131_072, watchdog: true, fence: 'none' })
  assert.equal(scenario.guests[0]?.maxRestarts, 1)
  assert.deepEqual(scenario.guests[1]?.needs, [{ guest: 'dns', service: '53/udp' }])
  assert.equal(scenario.settings.graceMs, 20_000)
})

test('a port others need is served though it is not declared', () => {
  const guests = '{ a: { host: node1 }, b: { host: node1, needs: ["a:22/tcp"] } }'
  assert.deepEqual(readScenarioOrThrow(frame({ guests }), 'f').guests[0]?.servedForOthers, ['22/tcp'])
})

test('every time of the pretend world is a setting', () => {
  const settings = '{ boot: 3s, serviceStart: 1s, stop: 2s, grace: 1min, probeFall: 2, lease: 30s, reboot: 500ms }'
  const read = readScenarioOrThrow(frame({ settings }), 'f').settings
  assert.deepEqual(
    [read.bootMs, read.serviceStartMs, read.stopMs, read.graceMs, read.probeFall, read.leaseMs, read.rebootMs],
    [3_000, 1_000, 2_000, 60_000, 2, 30_000, 500],
  )
})

const commands: readonly (readonly [string, unknown])[] = [
  ['power node1 on', { kind: 'power', host: 'node1', on: true }],
  ['network node1 off', { kind: 'network', host: 'node1', on: false }],
  ['maintenance node1 on', { kind: 'maintenance', host: 'node1', on: true }],
  ['cut node1 node2', { kind: 'cut', host: 'node1', other: 'node2', oneWay: false }],
  ['cut node1 > node2', { kind: 'cut', host: 'node1', other: 'node2', oneWay: true }],
  ['heal node2 node1', { kind: 'heal', host: 'node2', other: 'node1', oneWay: false }],
  ['cut-store node1', { kind: 'cut-store', host: 'node1' }],
  ['heal-store node1', { kind: 'heal-store', host: 'node1' }],
  ['freeze node1', { kind: 'freeze', host: 'node1' }],
  ['thaw node1', { kind: 'thaw', host: 'node1' }],
  ['shutdown node1', { kind: 'shutdown', host: 'node1' }],
  ['reboot node1', { kind: 'reboot', host: 'node1' }],
  ['swear-dead node1', { kind: 'swear-dead', host: 'node1' }],
  ['agent node1 restart', { kind: 'agent-restart', host: 'node1' }],
  ['clock node1 -3600s', { kind: 'clock', host: 'node1', byMs: -3_600_000 }],
  ['guest dns crash', { kind: 'guest', guest: 'dns', action: 'crash' }],
  ['guest dns migrate node2', { kind: 'move', guest: 'dns', to: 'node2', live: true }],
  ['guest dns relocate node2', { kind: 'move', guest: 'dns', to: 'node2', live: false }],
  ['watch dns off', { kind: 'watch', guest: 'dns', on: false }],
  ['service dns:53/udp down', { kind: 'service', guest: 'dns', service: '53/udp', up: false }],
  ['store readonly', { kind: 'store', mode: 'readonly' }],
  ['fence-device node1 lies', { kind: 'fence-device', host: 'node1', mode: 'lies' }],
  ['leader kill', { kind: 'leader-kill' }],
  ['arm', { kind: 'arm' }],
  ['disarm', { kind: 'disarm' }],
  ['drop-messages 33% for 60s', { kind: 'drop-messages', percent: 33, forMs: 60_000 }],
]

for (const [line, expected] of commands) {
  test(`command: ${line}`, () => {
    const scenario = readScenarioOrThrow(command(line), 'f.yaml')
    assert.deepEqual(scenario.script[0]?.commands, [{ text: line, command: expected }])
  })
}

const refused: readonly (readonly [string, string, RegExp])[] = [
  ['no YAML', 'claim: [', /^f\.yaml:1:\d+: expected well-formed YAML/],
  [
    'a second document',
    `${frame()}---\n${frame()}`,
    /^f\.yaml:6:1: expected well-formed YAML, got .*multiple documents/,
  ],
  ['a list', '- 1', /^f\.yaml:1:1: expected a scenario/],
  ['nothing', '', /expected a scenario: .*got nothing/],
  ['an unknown key', frame({ guest: '{}' }), /expected one of claim, .*got "guest" \(nearest: guests\)/],
  ['a missing key', 'claim: x\nhosts: {a: {}}\nguests: {}\nscript: []\n', /expected runFor, got none/],
  ['an unknown host key', frame({ hosts: '{ node1: { cpu: 3 } }' }), /^f\.yaml:2:19: .*"cpu" \(nearest: cpus\)/],
  ['no host at all', frame({ hosts: '{}' }), /expected at least one host/],
  ['a bad name', frame({ guests: '{ "a b": { host: node1 } }' }), /expected a guest name/],
  [
    'an unknown host',
    frame({ guests: '{ a: { host: node3 } }' }),
    /expected a host of this file, got "node3" \(nearest: node1\)/,
  ],
  ['no host of a guest', frame({ guests: '{ a: {} }' }), /expected a host for a, got none/],
  ['an unknown state', frame({ guests: '{ a: { host: node1, state: runing } }' }), /"runing" \(nearest: running\)/],
  [
    'a bad service',
    frame({ guests: '{ a: { host: node1, services: [80/tpc] } }' }),
    /a service such as 80\/tcp, got "80\/tpc"/,
  ],
  ['a service twice', frame({ guests: '{ a: { host: node1, services: [8/tcp, 8/tcp] } }' }), /each service once/],
  ['an unknown need', frame({ guests: '{ a: { host: node1, needs: [b] } }' }), /a guest of this file, got "b"/],
  [
    'a need of itself',
    frame({ guests: '{ a: { host: node1, needs: [a] } }' }),
    /another guest, got "a" needing itself/,
  ],
  [
    'a cycle',
    frame({
      guests: '{ a: { host: node1, needs: [b] }, b: { host: node1, needs: [c] }, c: { host: node1, needs: [a] } }',
    }),
    /expected needs without a cycle, got a -> b -> c -> a/,
  ],
  ['a time without unit', frame({ runFor: '60' }), /a time such as 20s, 500ms, 2min or 1h, got "60"/],
  ['a time after the end', frame({ runFor: '10s' }), /a time within runFor \(10s\), got 20s/],
  ['an unknown command', command('pwer node1 on'), /got "pwer" \(nearest: power\)/],
  ['a command word', command('power node1 onn'), /expected on, off, got "onn" \(nearest: on\)/],
  ['a command cut short', command('guest dns'), /expected start, .*got the end of the command/],
  ['a command too long', command('leader kill now'), /expected the end of the command, got "now"/],
  ['a guest in a command', command('guest dsn start'), /expected a guest, got "dsn" \(nearest: dns\)/],
  ['a service in a command', command('service dns:35/udp up'), /a service of a guest.*\(nearest: dns:53\/udp\)/],
  ['an unsigned clock jump', command('clock node1 90s'), /expected a signed time such as \+90s/],
  ['an unknown event', frame({ expect: '{ order: [strt dns < ready dns] }' }), /got "strt" \(nearest: start\)/],
  ['a host for a guest', frame({ expect: '{ never: [start node1] }' }), /expected a guest, got "node1"/],
  ['an order of one', frame({ expect: '{ order: [start dns] }' }), /an order such as ready dns < start nfs/],
  [
    'a rule without strict',
    frame({ rules: '[{ kind: apart, guests: [dns] }]' }),
    /expected strict in the rule, got none/,
  ],
]

for (const [what, text, expected] of refused) {
  test(`refused with its place: ${what}`, () => assert.match(problems(text).join('\n'), expected))
}

test('the place in a command is the place of the word', () => {
  const text = command('power node7 on')
  const line = text.split('\n').findIndex((candidate) => candidate.includes('node7')) + 1
  const column = (text.split('\n')[line - 1] ?? '').indexOf('node7') + 1
  assert.match(problems(text)[0] ?? '', new RegExp(`^f\\.yaml:${line}:${column}: expected a host`))
})

test('everything wrong is told at once', () => {
  const text = frame({ hosts: '{ node1: { fence: no } }', runFor: 'soon', settings: '{ leese: 1s }' })
  assert.equal(problems(text).length, 3)
  const expected = frame({ expect: '{ guests: { nobody: { state: dead, host: node7 } } }' })
  assert.equal(problems(expected).length, 3, 'of what stands at a name that is none, too')
})

test('deep nesting is an answer, not a stack', () => {
  assert.match(problems('['.repeat(200_000))[0] ?? '', /expected well-formed YAML/)
})

test('any text at all is read or refused, never thrown at', () => {
  const fragments = [
    'claim',
    'hosts',
    'guests',
    ': ',
    '\n',
    '  ',
    '- ',
    '{',
    '}',
    '[',
    ']',
    '&a ',
    '*a',
    '"',
    "'",
    '20s',
    '!!x ',
    '? ',
  ]
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.constantFrom(...fragments)).map((list) => list.join('')),
  )
  fc.assert(
    fc.property(text, (input) => {
      const result = readScenario(input, 'f')
      assert.ok(result.ok || result.problems.length > 0)
    }),
    { numRuns: 500 },
  )
})

test('a scenario with any one piece replaced is read or refused, never thrown at', () => {
  const base = readFileSync(join(scenarios, 'own/pause-what-depends.yaml'), 'utf8')
  fc.assert(
    fc.property(fc.nat(base.length), fc.nat(20), fc.string(), (at, length, put) => {
      const result = readScenario(base.slice(0, at) + put + base.slice(at + length), 'f')
      assert.ok(result.ok || result.problems.every((problem) => problem.line >= 1 && problem.column >= 1))
    }),
    { numRuns: 300 },
  )
})
