import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isCron } from '../../../src/model/file/cron.ts'
import { parseClusterFile } from '../../../src/model/file/parse-cluster-file.ts'
import { toYaml } from '../../../src/model/file/yaml-write.ts'

const guests = 'version: 1\nguests:\n  web: { services: [80/tcp] }\n'

function read(text: string) {
  return parseClusterFile({ path: 'vigia.yaml', text: guests + text, readFile: () => ({ reason: 'ENOENT' }) })
}

const whole = `drills:
  production: false
  client: { ssh: bench@client.example, options: [-p, "2222"] }
  failures:
    - { guest: web, service: 80/tcp, break: [/usr/local/bin/web, stop], mend: [/usr/local/bin/web, start] }
  schedules:
    monthly:
      guest: web
      measures: [downtime, load]
      during: [nothing, live-migration]
      when: 0 3 1 * *
      timeZone: America/Sao_Paulo
      window: 2h
`

test('what is said of drills is read, with what goes without saying, and written the same again', () => {
  const result = read(whole)
  assert.ok(result.ok, JSON.stringify(result.ok ? '' : result.problems))
  const { drills } = result.spec
  assert.deepEqual(drills, {
    production: false,
    client: { host: 'bench@client.example', options: ['-p', '2222'], node: 'node' },
    failures: [
      {
        ...{ guest: 'web', service: '80/tcp' },
        ...{ break: ['/usr/local/bin/web', 'stop'], mend: ['/usr/local/bin/web', 'start'] },
      },
    ],
    schedules: [
      {
        ...{ name: 'monthly', guest: 'web', measures: ['downtime', 'load'], during: ['nothing', 'live-migration'] },
        ...{ runs: 3, when: '0 3 1 * *', timeZone: 'America/Sao_Paulo', windowMs: 7_200_000 },
      },
    ],
  })
  const again = parseClusterFile({ path: 'a.yaml', text: toYaml(result.spec), readFile: () => ({ reason: 'ENOENT' }) })
  assert.ok(again.ok, JSON.stringify(again.ok ? '' : again.problems))
  assert.deepEqual(again.spec, result.spec)
  assert.equal('drills' in (read('').ok ? (read('') as { spec: object }).spec : {}), false)
})

const schedule = 'guest: web, measures: [downtime], during: [nothing], window: 1h'

for (const [text, code] of [
  [`drills: { schedules: { a: { ${schedule}, when: "0 3 * *" } } }`, 'bad-form'],
  [`drills: { schedules: { a: { ${schedule} } } }`, 'missing-key'],
  [`drills: { schedules: { a: { ${schedule.replace('web', 'wbe')}, when: "0 3 * * *" } } }`, 'unknown-guest'],
  [`drills: { schedules: { a: { ${schedule.replace('nothing', 'noting')}, when: "0 3 * * *" } } }`, 'bad-choice'],
  [`drills: { schedules: { a: { ${schedule.replace('1h', '10s')}, when: "0 3 * * *" } } }`, 'out-of-range'],
  ['drills: { failures: [{ guest: web, service: 22/tcp, break: [/bin/a], mend: [/bin/b] }] }', 'bad-choice'],
  ['drills: { failures: [{ guest: web, service: 80/tcp, break: [a], mend: [/bin/b] }] }', 'bad-form'],
  ['drills: { client: { ssh: "-oProxyCommand=x" } }', 'bad-form'],
  ['drills: { clients: 1 }', 'unknown-key'],
] as const) {
  test(`refused with ${code}: ${text}`, () => {
    const result = read(`${text}\n`)
    assert.ok(!result.ok)
    assert.deepEqual(
      result.problems.map((problem) => problem.code),
      [code],
    )
  })
}

test('cron patterns', () => {
  for (const good of ['* * * * *', '0 3 * * sun', '30 22 1,15 * *', '*/15 0-6/2 * jan-mar mon-fri', '0 0 * * 7'])
    assert.equal(isCron(good), true, good)
  for (const bad of [
    '',
    '0 3 * *',
    '0 3 * * * *',
    '60 * * * *',
    '* 24 * * *',
    '* * 0 * *',
    '5-2 * * * *',
    '* * * * x',
    '5/0 * * * *',
    '@daily',
  ])
    assert.equal(isCron(bad), false, bad)
})
