import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseClusterFile } from '../../../src/model/file/parse-cluster-file.ts'
import { toYaml } from '../../../src/model/file/yaml-write.ts'

const guests = 'version: 1\nguests:\n  web: { tags: [shop] }\n'

function read(text: string) {
  return parseClusterFile({ path: 'vigia.yaml', text: guests + text, readFile: () => ({ reason: 'ENOENT' }) })
}

const whole = `calendars:
  office:
    timeZone: America/Sao_Paulo
    hours: { mon-fri: ["08:00-12:00", "13:00-18:00"], sat: "08:00-12:00" }
    holidays: ["2026-11-20", "12-25"]
  night: { timeZone: UTC, hours: { fri-sat: "22:00-06:00" } }
sla:
  - { for: web, target: 99.95%, promised: office, window: 30d, seenBy: itself, warnAt: 50% }
  - { for: "@shop", target: 99%, together: any, window: year, planned: counted }
  - { target: 98.5% }
`

test('promises and calendars are read, with what goes without saying', () => {
  const result = read(whole)
  assert.ok(result.ok, JSON.stringify(result.ok ? '' : result.problems))
  const [web, shop, all] = result.spec.slas!
  assert.equal(web!.targetMillionths, 999_500)
  assert.equal(web!.warnAtMillionths, 500_000)
  assert.deepEqual(web!.window, { kind: 'rolling', ms: 30 * 86_400_000 })
  assert.deepEqual(web!.promised!.days[1], [
    { from: 480, until: 720 },
    { from: 780, until: 1080 },
  ])
  assert.deepEqual(web!.promised!.days[0], [])
  assert.deepEqual([shop!.of, shop!.together, shop!.planned], [{ kind: 'tag', tag: 'shop' }, 'any', 'counted'])
  assert.deepEqual([all!.of, all!.window], [{ kind: 'cluster' }, { kind: 'calendar', unit: 'month' }])
})

test('hours that end before they begin go on into the next day', () => {
  const result = read(whole)
  assert.ok(result.ok)
  const [, night] = result.spec.calendars!
  assert.deepEqual(night!.days[6], [
    { from: 0, until: 360 },
    { from: 1320, until: 1440 },
  ])
  assert.deepEqual(night!.days[0], [{ from: 0, until: 360 }])
})

test('written out and read again they are the same', () => {
  const result = read(whole)
  assert.ok(result.ok)
  const again = parseClusterFile({
    ...{ path: 'again.yaml', text: toYaml(result.spec), readFile: () => ({ reason: 'ENOENT' }) },
  })
  assert.ok(again.ok, JSON.stringify(again.ok ? '' : again.problems))
  assert.deepEqual(again.spec, result.spec)
})

const wrong: readonly (readonly [string, string])[] = [
  ['sla: [{ for: wbe, target: 99% }]', 'unknown-guest'],
  ['sla: [{ for: "@sohp", target: 99% }]', 'unknown-tag'],
  ['sla: [{ for: web, target: 99%, promised: ofice }]', 'unknown-calendar'],
  ['sla: [{ for: web }]', 'missing-key'],
  ['sla: [{ for: web, target: 99.99999% }]', 'bad-form'],
  ['sla: [{ for: web, target: 101% }]', 'out-of-range'],
  ['sla: [{ for: web, target: 99%, window: fortnight }]', 'bad-choice'],
  ['calendars: { a: { timeZone: Mars/Olympus, hours: { mon: "08:00-18:00" } } }', 'bad-form'],
  ['calendars: { a: { timeZone: UTC, hours: { someday: "08:00-18:00" } } }', 'bad-form'],
  ['calendars: { a: { timeZone: UTC, hours: { mon: "08:00-24:30" } } }', 'bad-form'],
  ['calendars: { a: { timeZone: UTC, hours: { mon: "08:00-18:00" }, holidays: ["13-01"] } }', 'bad-form'],
]

for (const [text, code] of wrong) {
  test(`${text} is refused: ${code}`, () => {
    const result = read(`${text}\n`)
    assert.ok(!result.ok)
    assert.deepEqual(
      result.problems.map((problem) => problem.code),
      [code],
    )
  })
}
