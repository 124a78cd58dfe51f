import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { guestId, hostId } from '../../src/model/ids.ts'
import { chain, FakeDaemon } from '../api/fake-daemon.ts'
import { folder, served, type } from './terminal.ts'

async function stage(t: TestContext) {
  const daemon = new FakeDaemon(chain)
  daemon.world.settle()
  return { daemon, socket: await served(t, daemon) }
}

test('report tells each figure with how sure it is, and what would make it better', async (t) => {
  const { socket } = await stage(t)
  const { exitCode, out } = await type('drill report', { socket })
  assert.equal(exitCode, 0)
  assert.match(out, /^Drill web-1: web\nby ana, 2025-12-29 /)
  assert.match(out, /Everything is as it was before\./)
  assert.match(out, /downtime, cold move \(3 runs\)/)
  assert.match(out, /^downtime \(lost pings\) +14 s +1 s +11\.52 s … 16\.48 s +13 s +14 s +15 s +15 s$/m)
  assert.match(out, /^Better: a live migration keeps the guest running/m)
  const portuguese = await type('drill report --lang pt-BR', { socket })
  assert.match(portuguese.out, /indisponibilidade, migração a frio \(3 rodadas\)/)
  assert.match(portuguese.out, /Para melhorar: uma migração a quente/)
})

test('the same for programs: JSON with every run, CSV a figure a line', async (t) => {
  const { socket } = await stage(t)
  const json = JSON.parse((await type('drill report web-1 -o json', { socket })).out)
  assert.deepEqual([json.schemaVersion, json.runs.length, json.groups.length], [1, 6, 2])
  assert.equal(json.groups[1].figures.find((one: { name: string }) => one.name === 'lost').summary.mean, 14)
  const { out } = await type('drill report -o csv', { socket })
  assert.match(out, /^measure,during,runs,figure,unit,mean,deviation,margin95,least,median,p90,most\r\n/)
  assert.match(out, /^downtime,cold-move,3,lost,count,14,1,2\.48/m)
})

test('run asks first where people use the cluster, follows the drill and reports it', async (t) => {
  const { daemon, socket } = await stage(t)
  const no = await type('drill run web --during reboot', { socket, answer: 'n' })
  assert.equal(no.exitCode, 1)
  assert.match(no.err, /nobody said yes/)
  assert.equal(daemon.drills.begun.length, 0)
  const yes = await type('drill run web --during reboot,power-cut --runs 7 --interval 200ms --to n2', {
    socket,
    answer: 'y',
  })
  assert.equal(yes.exitCode, 0, yes.err)
  assert.match(yes.err, /drill web-2 has begun/)
  assert.match(yes.err, /2 of 14: downtime, power cut of its host, run 1/)
  assert.match(yes.out, /^Drill web-2: web/)
  const { plan, by, confirmed } = daemon.drills.begun[0]!
  assert.deepEqual([by, confirmed], ['ana', true])
  assert.deepEqual([plan.during, plan.runs, plan.pingIntervalMs, plan.to], [['reboot', 'power-cut'], 7, 200, 'n2'])
})

test('a store that is lost for a while ends no showing: the drill goes on, and so does it', async (t) => {
  const { daemon, socket } = await stage(t)
  daemon.drills.storeless = 2
  const { exitCode, out, err } = await type('drill run web --yes', { socket })
  assert.equal(exitCode, 0, err)
  assert.match(out, /^Drill web-2: web/)
  assert.equal(daemon.drills.storeless <= 0, true)
})

test('all reasons against it are told, in both languages, and --dry-run only asks', async (t) => {
  const { daemon, socket } = await stage(t)
  daemon.drills.refusals = [
    { code: 'others-not-well', guests: [guestId('mail')] },
    { code: 'no-fence-device', host: hostId('h2') },
  ]
  const { exitCode, err } = await type('drill run web --yes', { socket })
  assert.equal(exitCode, 1)
  assert.match(err, /not as wished: mail\n {2}h2 has no fence device/)
  assert.match((await type('drill run web --yes --lang pt-BR', { socket })).err, /não estão como desejado: mail/)
  daemon.drills.refusals = []
  const dry = await type('drill run web --yes --dry-run', { socket })
  assert.deepEqual([dry.exitCode, daemon.drills.begun.length], [0, 0])
})

test('list shows what was done, what is under way and what is due; stop ends it', async (t) => {
  const { daemon, socket } = await stage(t)
  const { out } = await type('drill list', { socket })
  assert.match(out, /^Schedule weekly of web: 0 3 \* \* sun, next 2026-01-04 /)
  assert.match(out, /^web-1 +web +2025-12-29 \S+ +ana +downtime, nothing \(baseline\) and cold move +6 +done$/m)
  assert.equal((await type('drill stop', { socket })).exitCode, 1)
  await type('drill run web --yes --no-wait', { socket })
  const stopped = await type('drill stop', { socket })
  assert.equal(stopped.exitCode, 0)
  assert.deepEqual(daemon.drills.stops.at(-1), 'web-2 ana')
})

test('a wrong word is told with what was expected', async (t) => {
  const { socket } = await stage(t)
  for (const [line, expected] of [
    ['drill', /drill/],
    ['drill begin web', /expected "list", "run GUEST"/],
    ['drill run', /expected "list", "run GUEST"/],
    ['drill run web --during flood', /--during.*nothing, reboot/],
    ['drill run web --runs 0', /--runs/],
    ['drill run web --interval 1h', /--interval.*10 ms to 10 s/],
    ['drill run web --path files', /--path.*begins with/],
  ] as const) {
    const { exitCode, err } = await type(line, { socket })
    assert.equal(exitCode, 64, line)
    assert.match(err, expected)
  }
})

test('the page stands alone, in both languages, with a bar for each disturbance', async (t) => {
  const { socket } = await stage(t)
  const place = folder(t)
  for (const [lang, word] of [
    ['en', 'longest silence'],
    ['pt-BR', 'silêncio mais longo'],
  ] as const) {
    const file = join(place, `${lang}.html`)
    assert.equal((await type(['drill', 'report', '--html', file, '--lang', lang], { socket })).exitCode, 0)
    const page = readFileSync(file, 'utf8')
    assert.match(page, new RegExp(`<html lang="${lang}">`))
    assert.ok(page.includes(`<h3>${word}</h3>`))
    assert.equal(page.match(/<svg role="img"/g)?.length, 4)
    assert.doesNotMatch(page, /<script|src=|https?:/)
  }
})

test('a PDF is printed by whoever has a browser, and its lack is told', async (t) => {
  const { socket } = await stage(t)
  const printed: string[] = []
  const printPdf = async (html: string, file: string): Promise<void> =>
    void printed.push(`${file} ${html.slice(0, 15)}`)
  await type('drill report --pdf a.pdf', { socket, powers: { printPdf } })
  assert.deepEqual(printed, ['a.pdf <!doctype html>'])
  const without = await type('drill report --pdf a.pdf', { socket })
  assert.notEqual(without.exitCode, 0)
  assert.match(without.err, /needs chromium/)
})
