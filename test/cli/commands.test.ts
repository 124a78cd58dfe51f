import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { guestId } from '../../src/model/ids.ts'
import { chain, FakeDaemon, launchedDaemon } from '../api/fake-daemon.ts'
import { folder, served, type } from './terminal.ts'

test('launch waits until all are ready, a line for each change where nobody watches', async (t) => {
  const daemon = launchedDaemon()
  const socket = await served(t, daemon)
  t.after(daemon.live())
  assert.equal((await type('shutdown --yes', { socket })).exitCode, 0)
  const { exitCode, out, err } = await type('launch', { socket })
  assert.equal(err, '')
  assert.equal(exitCode, 0)
  assert.match(out, /^accepted: 4 guests to launch: dns, lone, mail and web\n/)
  assert.match(out, /web: waiting; waits for mail:25\/tcp, which is not running\n/)
  assert.match(out, /web: ready\n/)
  assert.match(out, /all 4 guests are ready, after 0 ms\n$/)
})

test('launch on a terminal draws a board over itself', async (t) => {
  const daemon = new FakeDaemon(chain)
  daemon.world.settle()
  const socket = await served(t, daemon)
  t.after(daemon.live({ delayMs: 150 }))
  const { exitCode, out } = await type('launch', { socket, terminal: true })
  assert.equal(exitCode, 0)
  assert.match(out, /Launching 4 guests/)
  assert.match(out, /\[#+-+\] \d of 4/)
  assert.match(out, /wave 3 {3,}web +waiting/)
  assert.match(out, /\[#+\] 4 of 4/)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape that moves the cursor
  assert.match(out, /\u001b\[\d+A\r\u001b\[0J/)
})

test('a launch that cannot end says what failed, and what waits for it, exit 1', async (t) => {
  const daemon = new FakeDaemon({ ...chain, dns: { ...chain.dns, policy: { maxRestarts: 0 } } })
  daemon.world.settle()
  const socket = await served(t, daemon)
  t.after(daemon.live({ broken: ['dns'] }))
  const { exitCode, err } = await type('launch', { socket })
  assert.equal(exitCode, 1)
  assert.equal(err, '3 guests have failed: dns, mail and web\n')
})

test('waiting ends with --timeout 124 and with Ctrl-C 130; the work goes on and this is said', async (t) => {
  const daemon = new FakeDaemon(chain)
  daemon.world.settle()
  const socket = await served(t, daemon)
  const late = await type('launch web --timeout 50ms', { socket })
  assert.equal(late.exitCode, 124)
  assert.match(late.err, /^not done within 50 ms: .*web.*; the work goes on/)
  const ctrl = new AbortController()
  const seen = (screen: string): void => {
    if (screen.includes('web: ')) ctrl.abort()
  }
  const stopped = await type('launch web', { socket, interrupted: ctrl.signal, language: 'pt_BR.UTF-8', seen })
  assert.equal(stopped.exitCode, 130)
  assert.match(stopped.err, /^a espera foi encerrada; o trabalho continua/)
})

test('--no-wait returns at once, and json tells a program all of it', async (t) => {
  const daemon = new FakeDaemon(chain)
  daemon.world.settle()
  const socket = await served(t, daemon)
  const { exitCode, out, err } = await type('launch web --no-wait -o json', { socket })
  assert.equal(exitCode, 0)
  assert.equal(err, '')
  const { task, ...told } = JSON.parse(out) as Record<string, unknown>
  assert.deepEqual(told, {
    schemaVersion: 1,
    changed: ['mail', 'web'],
    already: ['dns'],
    also: ['mail'],
    skipped: [],
    affects: [],
  })
  assert.match(String(task), /^[a-z0-9]+-[0-9a-f]{4}$/)
})

test('shutdown of one, of one with its dependents, and of all', async (t) => {
  const daemon = launchedDaemon()
  const socket = await served(t, daemon)
  t.after(daemon.live())
  const refused = await type('shutdown dns', { socket })
  assert.equal(refused.exitCode, 107)
  assert.equal(
    refused.err,
    'vigia: 2 running guests need what would go down (dns): mail and web\n' +
      'hint: --dependents takes them down too; --force goes ahead, and what becomes of them is said by onLoss: in the cluster file.\n',
  )
  const one = await type('shutdown web', { socket })
  assert.equal(one.exitCode, 0)
  assert.match(one.out, /all 1 guest is down/)
  const two = await type('shutdown dns --dependents', { socket })
  assert.equal(two.exitCode, 0, two.err)
  const unasked = await type('shutdown', { socket })
  assert.equal(unasked.exitCode, 64)
  const no = await type('shutdown', { socket, answer: 'n' })
  assert.equal(no.exitCode, 1)
  assert.match(no.err, /nothing was done/)
  assert.equal(daemon.wish('lone').state, null)
  const yes = await type('shutdown', { socket, answer: 's', language: 'pt' })
  assert.equal(yes.exitCode, 0)
  assert.equal(daemon.wish('lone').state, 'stopped')
  const again = await type('shutdown --yes', { socket })
  assert.equal(again.exitCode, 0)
  assert.match(again.out, /^nothing to do: already so/)
})

test('shutdown with the host leaves the wishes as they are, and a launch takes it back', async (t) => {
  const daemon = launchedDaemon()
  const socket = await served(t, daemon)
  t.after(daemon.live())
  const named = await type('shutdown web --until-boot', { socket })
  assert.equal(named.exitCode, 64)
  assert.match(named.err, /--until-boot means every guest of the host/)
  const down = await type('shutdown --until-boot --yes', { socket })
  assert.equal(down.exitCode, 0, down.err)
  assert.match(down.out, /all 4 guests are down/)
  assert.equal(daemon.wish('web').state, null)
  const status = await type('status web', { socket })
  assert.match(status.out, /goes down with its host h1, and starts again with it/)
  const up = await type('launch', { socket })
  assert.equal(up.exitCode, 0, up.err)
  assert.match(up.out, /all 4 guests are ready/)
})

test('status in every format', async (t) => {
  const socket = await served(t, launchedDaemon())
  const table = await type('status', { socket })
  assert.equal(table.exitCode, 0)
  assert.match(table.out, /^Cluster test, 4 guests\nHost h1: 8 CPUs/)
  assert.match(table.out, /\nweb +ready +127\.0\.0\.1 +80\/tcp/)
  const json = JSON.parse((await type('status web -o json', { socket })).out)
  assert.equal(json.schemaVersion, 1)
  assert.deepEqual(
    json.guests.map((guest: { id: string }) => guest.id),
    ['web'],
  )
  assert.equal(parse((await type('status @front -o yaml', { socket })).out).guests.length, 2)
  const csv = (await type('status -o csv', { socket })).out.split('\r\n')
  assert.equal(csv[0], 'guest,state,phase,because,host,address,givenMib,usedMib,since,wave,wish,watch')
  assert.match(csv[1]!, /^dns,running,ready,services-answer,h1,127\.0\.0\.1,/)
  const portuguese = await type('status --lang pt-BR', { socket })
  assert.match(portuguese.out, /^Cluster test, 4 VMs\n/)
  const unknown = await type('status wep', { socket })
  assert.equal(unknown.exitCode, 105)
  assert.match(unknown.err, /^vigia: no guest is called wep; did you mean web\?/)
})

test('status --check is a monitoring probe', async (t) => {
  const daemon = launchedDaemon()
  const socket = await served(t, daemon)
  assert.deepEqual(await type('status --check', { socket }), { exitCode: 0, out: 'OK: 4 guests as wished\n', err: '' })
  await type('watch off lone', { socket })
  assert.deepEqual(await type('status --check', { socket }), {
    exitCode: 1,
    out: 'WARNING: 1 of 4 guests on the way, not watched or replaced: lone\n',
    err: '',
  })
  daemon.world.see('dns', 'running', { '53/udp': 'silent' })
  daemon.world.settle()
  const critical = await type('status --check', { socket })
  assert.equal(critical.exitCode, 2)
  assert.match(critical.out, /^CRITICAL: 3 of 4 guests down: dns, mail and web\n$/)
  const absent = await type('status --check')
  assert.equal(absent.exitCode, 2)
  assert.match(absent.out, /^CRITICAL: vigiad does not answer/)
})

test('why leads to the cause', async (t) => {
  const daemon = new FakeDaemon(chain)
  daemon.world.settle()
  const socket = await served(t, daemon)
  const { exitCode, out } = await type('why web', { socket })
  assert.equal(exitCode, 0)
  assert.equal(
    out,
    'web: waiting; waits for mail:25/tcp, which is not running\n' +
      '  mail:25/tcp: mail is waiting; waits for dns:53/udp, which is not running\n' +
      '    dns:53/udp: dns is starting; is to run  <- the cause\n' +
      '\nNothing has happened to it yet.\n',
  )
})

test('of a guest whose memory goes by its need, memory and why tell what it is told to have, and why', async (t) => {
  const byNeed = { minMib: 128, startMib: 256, runMib: null, maxMib: 1_024 }
  const daemon = launchedDaemon({ ...chain, web: { ...chain.web, memory: byNeed } })
  const use = { givenMib: 256, needMib: 400, peakMib: null, press: null }
  const seen = { memoryMib: 256, memoryMaxMib: 1_024, memoryUse: use, memoryAskedMib: 256 }
  const { services } = daemon.world.seen.get(guestId('web'))!
  daemon.world.see('web', 'running', services, seen).settle()
  const socket = await served(t, daemon)
  const { out } = await type('memory web', { socket })
  assert.match(out, /web: goes by its need, never below 128 MiB\n {2}needs 450 MiB, some to spare included\n/)
  assert.match((await type('why web', { socket })).out, /^Memory: 450 MiB; needs 450 MiB, some to spare included$/m)
  const portuguese = await type('why web', { socket, language: 'pt_BR.UTF-8' })
  assert.match(portuguese.out, /^Memória: 450 MiB; precisa de 450 MiB, com alguma folga$/m)
})

test('watch, pause, resume and memory say what was done', async (t) => {
  const daemon = launchedDaemon()
  const socket = await served(t, daemon)
  const cases: [string, number, string][] = [
    ['watch off web', 0, 'web is not watched any more: nothing automatic is done to it\n'],
    ['watch off web', 0, 'nothing to do: already so\n'],
    ['watch on web', 0, 'web is watched again\n'],
    ['pause dns', 0, 'dns is paused; with it: mail and web\n'],
    ['resume dns', 0, 'dns goes on as soon as its needs answer\n'],
    ['memory web --reset', 0, 'nothing to do: already so\n'],
  ]
  for (const [line, exitCode, out] of cases) {
    assert.deepEqual(await type(line, { socket }), { exitCode, out, err: '' }, line)
  }
  const size = await type(['memory', 'web', '512 MiB'], { socket })
  assert.equal(size.out, 'web gets 512 MiB\n')
  assert.equal(daemon.wish('web').memoryMib, 512)
  assert.match((await type('memory web', { socket })).out, /web: 512 MiB wished/)
  const small = await type(['memory', 'web', '2 MiB'], { socket })
  assert.equal(small.exitCode, 1)
  assert.match(small.err, /^vigia: 2 MiB is less than 16 MiB: web would not survive it\n/)
})

test('check needs no daemon, names every problem, and is quick to say that all is well', async (t) => {
  const good = join(folder(t), 'good.conf')
  writeFileSync(good, 'dns(53U): nada\nweb(80T): dns(53U)\n')
  assert.deepEqual(await type(['check', good]), {
    exitCode: 0,
    out: `${good}: good: 2 guests, 2 services, 2 waves\n`,
    err: '',
  })
  const bad = join(folder(t), 'bad.conf')
  writeFileSync(bad, 'dns(53U): web\nweb(80T): dns(53U)\nmail(99999T): nobody\n')
  const { exitCode, err } = await type(['check', bad])
  assert.equal(exitCode, 65)
  assert.match(err, /bad\.conf:1:\d+: error: .*dns -> web -> dns/)
  assert.match(err, /bad\.conf:3:\d+: error: /)
  const portuguese = await type(['check', bad, '--lang', 'pt-BR'])
  assert.match(portuguese.err, /bad\.conf:3:\d+: erro: /)
  const json = JSON.parse((await type(['check', bad, '-o', 'json'])).out)
  assert.equal(json.ok, false)
  assert.ok(json.problems.length >= 2)
  const none = await type('check /nonexistent/x.yaml')
  assert.equal(none.exitCode, 65)
  assert.match(none.err, /\/nonexistent\/x\.yaml/)
})

test('apply shows the difference, a dry run changes nothing, a second run says so', async (t) => {
  const daemon = launchedDaemon()
  const socket = await served(t, daemon)
  const file = join(folder(t), 'new.conf')
  writeFileSync(file, 'dns(53U): nada\nnova(80T): dns(53U)\n')
  const { parseClusterFile } = await import('../../src/model/file/parse-cluster-file.ts')
  const parsed = parseClusterFile({ path: file, text: 'dns(53U): nada\nnova(80T): dns(53U)\n', readFile: () => '' })
  assert.ok(parsed.ok)
  daemon.checked = { spec: parsed.spec, format: 'lauxen', problems: [] }
  const dry = await type(['apply', file, '--dry-run'], { socket })
  assert.equal(dry.exitCode, 0, dry.err)
  assert.match(dry.out, /^\+ nova\n- lone: no longer managed, left as it is\n- mail: .*\n- web: .*\n~ dns: /)
  assert.match(dry.out, /dry run: nothing was changed\n$/)
  assert.equal(daemon.stored(), null)
  const done = await type(['rebuild', file], { socket })
  assert.equal(done.exitCode, 0)
  assert.match(done.out, /is in force\n$/)
  assert.equal(daemon.stored()?.appliedBy, 'ana')
})

test('events, and doctor with and without a daemon', async (t) => {
  const daemon = launchedDaemon()
  const socket = await served(t, daemon)
  assert.equal((await type('events', { socket })).out, 'Nothing happened.\n')
  await type('watch off web', { socket })
  await new Promise((resolve) => setTimeout(resolve, 20))
  assert.match((await type('events --guest web', { socket })).out, /web: watch off \(ana\)\n$/)
  const followed = new AbortController()
  const seen = (screen: string): void => {
    if (screen.includes('watch on')) followed.abort()
    else void type('watch on web', { socket })
  }
  const follow = await type('events --follow -o json', { socket, interrupted: followed.signal, seen })
  const lines = follow.out.trim().split('\n')
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).note),
    ['watch off (ana)', 'watch on (ana)'],
  )
  assert.equal((await type('events --since yesterday', { socket })).exitCode, 64)
  const well = await type('doctor', { socket })
  assert.equal(well.exitCode, 0)
  assert.match(well.out, /^PASS {2}vigiad 0\.0\.0-test answers on /)
  assert.match(well.out, /WARN {2}no cluster file is in force\n {6}"vigia apply FILE"/)
  const ill = await type('doctor')
  assert.equal(ill.exitCode, 69)
  assert.match(ill.out, /^FAIL {2}vigiad does not answer on \/nonexistent\/vigia\.sock: ENOENT\n {6}Start it/)
})
