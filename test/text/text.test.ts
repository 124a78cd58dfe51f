import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EventWord } from '../../src/model/event.ts'
import type { FaultCode } from '../../src/model/fault.ts'
import { faultCodes } from '../../src/model/fault.ts'
import { guestId, hostId, wallTime } from '../../src/model/ids.ts'
import { chooseLocale, locales } from '../../src/text/locale.ts'
import type { Messages } from '../../src/text/message.ts'
import { namesIn } from '../../src/text/message.ts'
import { catalogues, createText } from '../../src/text/text.ts'
import { eventSample, faultSamples, obstacleSamples, problemSamples, reasonSamples } from './samples.ts'

const texts = locales.map((locale) => createText(locale, { timeZone: 'UTC' }))
const [english, portuguese] = texts as [(typeof texts)[0], (typeof texts)[0]]

/** No hole, no leftover of a template, no second blank, no full stop. */
function assertSentence(sentence: string): void {
  assert.doesNotMatch(sentence, /undefined|\[object|NaN|\{|\[\?|unknown|desconhecido| {2}|\.$|^\s|\s$/)
  assert.ok(sentence.length > 3, sentence)
}

for (const text of texts) {
  test(`every reason is a sentence (${text.locale})`, () => {
    for (const reason of Object.values(reasonSamples)) assertSentence(text.reason(reason))
  })

  test(`every obstacle to a migration is a sentence (${text.locale})`, () => {
    for (const obstacle of Object.values(obstacleSamples)) assertSentence(text.obstacle(obstacle))
  })

  test(`every problem of a cluster file is a sentence (${text.locale})`, () => {
    for (const problem of problemSamples) {
      assertSentence(text.problem(problem))
      assert.match(text.problemLine(problem), /^vigia\.yaml:3:5: (error|erro): guests\.web: \S/)
    }
  })

  test(`every fault is a sentence with a hint, and is still one without details (${text.locale})`, () => {
    for (const code of faultCodes) {
      const { sentence, hint, known } = text.fault({ code, outcome: 'not-done', details: faultSamples[code] })
      assertSentence(sentence)
      assertSentence(known)
      assert.match(hint, /\S\.$/)
      assert.doesNotMatch(sentence, /\(\w+: /, `a detail of ${code} has no place in its sentence: ${sentence}`)
      assert.doesNotMatch(text.fault({ code, outcome: 'unknown', details: {} }).sentence, /undefined|\{|\[\?/)
    }
  })

  test(`every word of the history is a sentence (${text.locale})`, () => {
    for (const word of Object.keys(catalogues.en.events) as EventWord[]) {
      assertSentence(text.event(eventSample(word)))
      assert.ok(text.eventWord(word).length > 2)
    }
  })
}

test('what proved a host dead is said in words', () => {
  const said = (note: string) => texts.map((text) => text.event({ ...eventSample('proven'), host: hostId('h3'), note }))
  assert.deepEqual(said('fence-device'), [
    'h3 is proven dead by its fence device',
    'h3 está morto, comprovado por seu dispositivo de isolamento',
  ])
  assert.deepEqual(said('sworn'), ['h3 is proven dead by an oath', 'h3 está morto, comprovado por um juramento'])
})

/** Units and words of the field that are the same in both languages on purpose. */
const sameInBoth =
  /^(units\.|actors\.daemon|problemWords\.hosts|cli\.cluster-(host|column-watchdog)|cli\.plan-column-host|cli\.(report-mt[bt][fr]|kind-(cluster|host)|assume-hosts)$)/

/** Only arguments and signs: nothing to translate. */
const isLayout = (template: string) => !/\p{L}/u.test(template.replaceAll(/\{[^}]*\}/g, ''))

test('nothing is left untranslated', () => {
  const same = Object.entries(catalogues.en).flatMap(([room, messages]: [string, Messages]) => {
    const other: Messages = catalogues['pt-BR'][room as keyof typeof catalogues.en]
    return Object.entries(messages)
      .filter(([key, message]) => other[key] === message && !isLayout(message) && !sameInBoth.test(`${room}.${key}`))
      .map(([key]) => `${room}.${key}`)
  })
  assert.deepEqual(same, [])
})

test('both languages use the same arguments and leave the same ones out when absent', () => {
  const optional = (template: string) =>
    new Set([...template.matchAll(/\[\?([^\]]*)\]/g)].flatMap((part) => namesIn(part[1] ?? '')))
  for (const [room, messages] of Object.entries(catalogues.en) as [keyof typeof catalogues.en, Messages][]) {
    const other: Messages = catalogues['pt-BR'][room]
    for (const [key, message] of Object.entries(messages)) {
      assert.deepEqual(namesIn(other[key] ?? '').sort(), namesIn(message).sort(), `${room}.${key}`)
      assert.deepEqual([...optional(other[key] ?? '')].sort(), [...optional(message)].sort(), `${room}.${key}`)
    }
  }
})

test('a need is named with what is wrong with it, those in the same state together', () => {
  assert.equal(english.reason(reasonSamples['waiting-for-needs']), 'waits for dns:53/udp, which refuses connections')
  assert.equal(portuguese.reason(reasonSamples['waiting-for-needs']), 'aguarda dns:53/udp, que recusa conexões')
  assert.equal(
    english.reason(reasonSamples['needs-lost']),
    'has lost db:5432/tcp and files:2049/tcp, which are silent; dns, which is paused',
  )
})

test('a list too long to read is cut, and says by how much', () => {
  const guests = Array.from({ length: 40 }, (_, index) => guestId(`g${index}`))
  assert.match(english.reason({ code: 'waiting-for-dependents', guests }), /g11 and 28 more, which need it$/)
  assert.match(portuguese.reason({ code: 'waiting-for-dependents', guests }), /g11 e mais 28, que dependem dela$/)
})

test('durations and sizes are written with units that suit them', () => {
  const durations: [number, string][] = [
    [0, '0 ms'],
    [350.4, '350 ms'],
    [1_500, '1.5 s'],
    [20_000, '20 s'],
    [59_999, '1 min'],
    [65_000, '1 min 5 s'],
    [3_600_000, '1 h'],
    [7_380_000, '2 h 3 min'],
    [273_600_000, '3 d 4 h'],
  ]
  for (const [ms, expected] of durations) assert.equal(english.duration(ms), expected)
  assert.equal(portuguese.duration(1_500), '1,5 s')
  const sizes: [number, string][] = [
    [512, '512 MiB'],
    [1_024, '1 GiB'],
    [1_536, '1.5 GiB'],
    [1_500, '1500 MiB'],
    [131_072, '128 GiB'],
    [2_097_152, '2 TiB'],
  ]
  for (const [mib, expected] of sizes) assert.equal(english.size(mib), expected)
  const parts: [number, number, string][] = [
    [22_291, 32_256, '21.77 GiB'],
    [512, 32_256, '0.5 GiB'],
    [0, 2_097_152, '0 TiB'],
    [2_048, 24_106, '2048 MiB'],
  ]
  for (const [mib, of, expected] of parts) assert.equal(english.size(mib, of), expected)
})

test('times are written as in the country', () => {
  const at = wallTime(Date.UTC(2026, 1, 3, 4, 5, 6))
  assert.equal(english.time(at), '2026-02-03 04:05:06')
  assert.equal(portuguese.time(at), '03/02/2026 04:05:06')
  assert.equal(english.clock(at), '04:05:06')
})

test('ordinals, plurals, and states read well', () => {
  assert.deepEqual([1, 2, 3, 4, 11, 21].map(english.ordinal), ['1st', '2nd', '3rd', '4th', '11th', '21st'])
  assert.equal(portuguese.ordinal(2), '2º')
  assert.equal(english.phase({ kind: 'starting', resumed: true }), 'resuming')
  assert.equal(portuguese.phase({ kind: 'stopping', next: 'fail' }), 'desligando, abandonada')
})

test('the language follows LANG', () => {
  const cases: [string | undefined, string][] = [
    ['pt_BR.UTF-8', 'pt-BR'],
    ['pt_PT', 'pt-BR'],
    ['pt', 'pt-BR'],
    ['C', 'en'],
    ['', 'en'],
    [undefined, 'en'],
    ['de_DE:pt_BR:en', 'pt-BR'],
    ['en_GB:pt_BR', 'en'],
    ['ptolemy', 'en'],
  ]
  for (const [language, expected] of cases) assert.equal(chooseLocale(language), expected)
})

test('what comes from outside can neither break the line nor steer the terminal', () => {
  const details = { text: 'first\nsecond\u001b[2Jthird' }
  assert.equal(
    english.fault({ code: 'refused', outcome: 'not-done', details }).sentence,
    'refused: first second [2Jthird',
  )
})

test('a detail without a place in its sentence is still shown', () => {
  const { sentence } = english.fault({
    code: 'domain-missing',
    outcome: 'not-done',
    details: { domain: 'web', code: 42 },
  })
  assert.equal(sentence, 'the hypervisor knows no domain called web (code: 42)')
})

test('codes of a newer version are shown by name', () => {
  const code = 'from-the-future' as FaultCode
  assert.equal(english.fault({ code, outcome: 'not-done', details: {} }).sentence, 'from-the-future')
})

test('a range of times is said as people write times, another in its unit', () => {
  const place = { file: 'vigia.yaml', line: 3, column: 5, severity: 'error', path: 'settings.lease' } as const
  const problem = { ...place, code: 'out-of-range', got: '0s' } as const
  assert.equal(english.problem({ ...problem, from: 4_000, to: 600_000, unit: 'ms' }), 'expected 4 s to 10 min, got 0s')
  assert.equal(
    portuguese.problem({ ...problem, from: 4_000, to: 600_000, unit: 'ms' }),
    'esperado de 4 s a 10 min, encontrado 0s',
  )
  assert.equal(english.problem({ ...problem, from: 1, to: 64, unit: null }), 'expected 1 to 64, got 0s')
  assert.equal(english.problem({ ...problem, from: 1, to: 64, unit: 'MiB' }), 'expected 1 to 64 MiB, got 0s')
})
