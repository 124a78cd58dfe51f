import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { connect as connectTls } from 'node:tls'
import { Attempts } from '../../../src/api/access/attempts.ts'
import { bodyLimitBytes, paths } from '../../../src/contract/protocol.ts'
import { sessionIdleMs, sessionLifeMs } from '../../../src/core/access-rules.ts'
import { Fault } from '../../../src/model/fault.ts'
import { instant } from '../../../src/model/ids.ts'
import { storeKeys } from '../../../src/ports/store.ts'
import { until } from '../../until.ts'
import { type FakeDaemon, launchedDaemon } from '../fake-daemon.ts'
import { codeOf, goodPassword, stage } from './people.ts'

/** What so many tries come to: how many were looked at. */
function looked(attempts: Attempts, tries: number, name: (n: number) => string, from: (n: number) => string): number {
  let count = 0
  for (let n = 0; n < tries; n++) {
    try {
      attempts.begin(name(n), from(n))
      count += 1
    } catch (error) {
      assert.ok(error instanceof Fault && error.code === 'locked-out')
      assert.ok(Number(error.details.waitMs) > 0)
    }
  }
  return count
}

test('brute force: of a thousand tries a handful is looked at, from one address, from many, and over many names', () => {
  const now = instant(1_000)
  const one = (): Attempts => new Attempts(() => now)
  assert.equal(
    looked(
      one(),
      1_000,
      () => 'ana',
      () => '192.0.2.1',
    ),
    5,
  )
  assert.equal(
    looked(
      one(),
      1_000,
      () => 'ana',
      (n) => `192.0.2.${n}`,
    ),
    21,
  )
  assert.equal(
    looked(
      one(),
      1_000,
      (n) => `name${n}`,
      () => '192.0.2.1',
    ),
    21,
  )
})

test('a day of guessing is a few hundred tries; and the owner is in from where they were in before', () => {
  let now = 0
  const attempts = new Attempts(() => instant(now))
  attempts.begin('ana', '10.0.0.1').succeeded()
  let tries = 0
  for (; now < 86_400_000; now += 5_000)
    tries += looked(
      attempts,
      1,
      () => 'ana',
      (n) => `192.0.2.${n}`,
    )
  assert.ok(tries < 200, `${tries}`)
  // From ten thousand addresses: a try a minute, whoever tries.
  tries = 0
  for (let n = 0; n < 17_280; n++, now += 5_000)
    tries += looked(
      attempts,
      1,
      () => 'ana',
      () => `a${n % 10_000}`,
    )
  assert.ok(tries < 2_000, `${tries}`)
  attempts.begin('ana', '10.0.0.1').succeeded()
})

/** By its clock all happens at once, however long a busy machine takes for it. */
function atOnce(): FakeDaemon {
  const daemon = launchedDaemon()
  const powers = daemon.powers.bind(daemon)
  const now = daemon.clock.now()
  daemon.powers = () => {
    const { clock, ...more } = powers()
    return { ...more, clock: { ...clock, now: () => now } }
  }
  return daemon
}

test('a thousand at once are not a thousand for the price of one', async (t) => {
  const { net, account, daemon, local } = await stage(t, atOnce())
  await account('ana')
  const tried = (password: string) => net.ask(paths.session, { method: 'POST', body: { name: 'ana', password } })
  const answers = await Promise.all(Array.from({ length: 30 }, (_, n) => tried(`a wrong password ${n}`)))
  const codes = answers.map(codeOf)
  assert.equal(codes.filter((code) => code === 'sign-in-refused').length, 5)
  const locked = answers.filter((answer) => codeOf(answer) === 'locked-out')
  assert.equal(locked.length, 25)
  for (const { status, headers } of locked) {
    assert.equal(status, 429)
    assert.ok(Number(headers['retry-after']) >= 1)
  }
  // The right one waits too, and a one-time link does not.
  assert.equal(codeOf(await tried(goodPassword)), 'locked-out')
  const { ticket } = (await local('POST', paths.consoleLink)).body
  assert.equal((await net.ask(paths.sessionLink, { method: 'POST', body: { ticket } })).status, 200)
  assert.ok(daemon.audit.entries.filter(({ outcome }) => outcome === 'locked-out').length === 0)
  assert.equal(daemon.audit.entries.filter(({ outcome }) => outcome === 'sign-in-refused').length, 5)
})

test('a session is over after an hour of silence, and after twelve whatever it does', async (t) => {
  const { daemon, account, signIn } = await stage(t)
  await account('ana')
  const idle = await signIn('ana')
  daemon.wallAheadMs += sessionIdleMs - 60_000
  assert.equal((await idle.ask(paths.session)).status, 200)
  daemon.wallAheadMs += sessionIdleMs - 60_000
  assert.equal((await idle.ask(paths.session)).status, 200)
  daemon.wallAheadMs += sessionIdleMs + 1_000
  assert.equal((await idle.ask(paths.session)).status, 401)
  const busy = await signIn('ana')
  for (let spent = 0; spent < sessionLifeMs - 1_800_000; spent += 1_800_000) {
    daemon.wallAheadMs += 1_800_000
    assert.equal((await busy.ask(paths.session)).status, 200)
  }
  daemon.wallAheadMs += 1_800_000
  assert.equal((await busy.ask(paths.session)).status, 401)
})

test('tokens: of its role and no more, void when expired, revoked, or without its owner', async (t) => {
  const { daemon, net, local, account, signIn } = await stage(t)
  await account('ana')
  const ana = await signIn('ana')
  const make = async (body: object) => (await ana.ask(paths.tokens, { method: 'POST', body })).body
  const asks = async (secret: string, path = paths.status as string, ask = {}) =>
    (await net.ask(path, { ...ask, headers: { authorization: `Bearer ${secret}` } })).status
  const viewer = await make({ name: 'prometheus', role: 'viewer', forMs: 3_600_000 })
  assert.equal(await asks(viewer.secret), 200)
  assert.equal(await asks(viewer.secret, paths.users), 403)
  assert.equal(await asks(viewer.secret, paths.launch, { method: 'POST', body: {} }), 403)
  const flipped = viewer.secret.slice(0, -1) + (viewer.secret.endsWith('A') ? 'B' : 'A')
  for (const wrong of [flipped, viewer.token.id, '', 'vigia', `vigia_${'0'.repeat(12)}_${'a'.repeat(43)}`]) {
    assert.equal(await asks(wrong), 401, wrong)
  }
  // No cookie comes along with a token, so no word is asked for.
  const operator = await make({ name: 'deploy', role: 'operator', tags: null })
  assert.equal(await asks(operator.secret, paths.guestDo('web', 'watch'), { method: 'POST', body: { on: false } }), 200)
  const admin = await make({ name: 'terraform', role: 'administrator' })
  assert.equal(await asks(admin.secret, paths.users), 200)
  await local('PATCH', paths.user('ana'), { role: 'viewer' })
  assert.equal(await asks(admin.secret, paths.users), 403)
  await local('PATCH', paths.user('ana'), { role: 'administrator' })
  assert.equal(await asks(admin.secret, paths.users), 200)
  await local('DELETE', paths.token(admin.token.id))
  assert.equal(await asks(admin.secret, paths.users), 401)
  daemon.wallAheadMs += 3_600_001
  assert.equal(await asks(viewer.secret), 401)
  assert.equal(await asks(operator.secret), 200)
  await local('DELETE', paths.user('ana'))
  assert.equal(await asks(operator.secret), 401)
})

test('who is signed out, or whose token is revoked, hears nothing more of a stream that is open', async (t) => {
  const { net, local } = await stage(t)
  const made = (await local('POST', paths.tokens, { name: 'screen', role: 'viewer' })).body
  const socket = connectTls({ host: '127.0.0.1', port: net.port, ca: net.certificate, servername: 'localhost' })
  t.after(() => socket.destroy())
  socket.on('error', () => {})
  socket.write(`GET ${paths.statusStream} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${made.secret}\r\n\r\n`)
  let text = ''
  socket.on('data', (piece) => {
    text += String(piece)
  })
  await until(() => text.includes('\r\n\r\n'), 'the stream begins')
  assert.match(text, /^HTTP\/1\.1 200 [\s\S]*text\/event-stream/)
  assert.match(text, /content-security-policy/i)
  assert.ok(!socket.closed)
  await local('DELETE', paths.token(made.token.id))
  await until(() => socket.closed, 'the stream is ended')
})

test('a store that is away locks nobody out who is in', async (t) => {
  const { daemon, account, signIn, net } = await stage(t)
  await account('ana')
  const ana = await signIn('ana')
  daemon.storeAway = true
  assert.equal((await ana.ask(paths.status)).status, 200)
  daemon.wallAheadMs += sessionIdleMs - 60_000
  assert.equal((await ana.ask(paths.status)).status, 200)
  daemon.wallAheadMs += sessionIdleMs - 60_000
  assert.equal((await ana.ask(paths.status)).status, 200)
  const body = { name: 'ana', password: goodPassword }
  assert.equal((await net.ask(paths.session, { method: 'POST', body })).status, 503)
})

test('whoever is not in is told that something is wrong, and not of which host', async (t) => {
  const { daemon, net, local } = await stage(t)
  daemon.troubles = [{ code: 'hypervisor-absent', outcome: 'not-done', details: { host: 'the-hidden-one' } }]
  const answer = await net.ask(paths.ready)
  assert.equal(answer.status, 503)
  assert.deepEqual(answer.body.faults, [{ code: 'hypervisor-absent', outcome: 'not-done', details: {} }])
  assert.match((await local('GET', paths.ready)).text, /the-hidden-one/)
})

test('no path leads out of the console’s files or into those of the host', async (t) => {
  const { net } = await stage(t)
  const secret = /root:|BEGIN|"dependencies"/
  for (const path of [
    '/../../../../etc/passwd',
    '/%2e%2e/%2e%2e/%2e%2e/etc/passwd',
    '/..%2f..%2f..%2fetc%2fpasswd',
    '/assets/../../package.json',
    '/assets/..%5c..%5cpackage.json',
    '/%00/etc/passwd',
    '//etc/passwd',
    '/api/docs/../../package.json',
    '/api/v1/guests/..%2f..%2f..%2fetc%2fpasswd/xml',
    '/api/v1/guests/%2e%2e/why',
  ]) {
    const { text } = await net.ask(path)
    assert.doesNotMatch(text, secret, path)
  }
})

test('a body is read only of whom it may come from, and no further than its limit', async (t) => {
  const { net, account, signIn } = await stage(t)
  await account('ana')
  const ana = await signIn('ana')
  const type = { 'content-type': 'application/json' }
  const large = Buffer.alloc(bodyLimitBytes + 1, 0x20)
  const nobody = await net.ask(paths.apply, { method: 'POST', raw: large, headers: type }).catch(() => null)
  assert.ok(nobody === null || nobody.status === 401)
  const known = await ana.ask(paths.apply, { method: 'POST', raw: large, headers: type }).catch(() => null)
  assert.ok(known === null || known.status === 413)
  const login = JSON.stringify({ name: 'ana', password: goodPassword, more: 'x'.repeat(20_000) })
  const answer = await net.ask(paths.session, { method: 'POST', raw: login, headers: type }).catch(() => null)
  assert.ok(answer === null || answer.status === 413)
  assert.equal((await net.ask('/healthz', { headers: { cookie: `a=${'x'.repeat(12_000)}` } })).status, 200)
  assert.ok(
    (await net.ask('/healthz', { headers: { x: 'x'.repeat(20_000) } }).catch(() => ({ status: 431 }))).status >= 400,
  )
  assert.equal(
    (await net.ask(paths.session, { method: 'POST', raw: '{"__proto__":{"name":"ana"}}', headers: type })).status,
    400,
  )
})

test('no secret in the store, logs, events, audit, any answer but the one that gives it, or the list of processes', async (t) => {
  const { daemon, net, local, account, signIn } = await stage(t)
  await account('ana')
  const ana = await signIn('ana')
  const token = (await ana.ask(paths.tokens, { method: 'POST', body: { name: 'x', role: 'viewer' } })).body
  const totp = (await local('PATCH', paths.user('ana'), { totp: 'new' })).body.totp
  const again = await signIn('ana')
  const link = (await local('POST', paths.consoleLink)).body
  await again.ask(paths.sessionPassword, {
    method: 'POST',
    body: { password: 'not the password', newPassword: 'a new lookout post' },
  })
  await net.ask(paths.session, { method: 'POST', body: { name: 'ana', password: 'a third lookout' } })
  const hashing = net.ask(paths.session, { method: 'POST', body: { name: 'ana', password: goodPassword } })
  const processes = processList()
  await hashing
  const cookies = [ana.cookie, again.cookie].map((cookie) => cookie.split('=')[1] ?? '')
  const words = [goodPassword, 'not the password', 'a new lookout post', 'a third lookout', ...cookies, again.csrf]
  const secrets = [...words, token.secret.split('_').slice(2).join('_'), link.ticket]
  const answers = await Promise.all(
    [paths.users, paths.tokens, paths.audit, paths.status, paths.events, paths.snapshot, paths.signIn].map(
      async (path) => (await local('GET', path)).text,
    ),
  )
  const store = JSON.stringify(daemon.store.snapshot(storeKeys.access).entries)
  const places = { store, answers: answers.join('\n'), processes, logs: daemon.logged.join('\n') }
  const kept = JSON.stringify([daemon.audit.entries, daemon.history.events])
  for (const [place, text] of Object.entries({ ...places, kept })) {
    for (const secret of secrets) assert.ok(!text.includes(secret), `${place} tells ${secret}`)
    if (place !== 'store') assert.ok(!text.includes(totp.secret), `${place} tells the authenticator's secret`)
  }
  assert.doesNotMatch(answers.join(), /"hash"|"salt"/)
  assert.ok(daemon.audit.entries.length > 5)
})

/** Command lines and environments of all processes, as anybody on the host may see the first. */
function processList(): string {
  const own = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && existsSync(`/proc/${name}/cmdline`))
  return own
    .flatMap((pid) => ['cmdline', 'environ'].map((file) => `/proc/${pid}/${file}`))
    .map((path) => {
      try {
        return readFileSync(path, 'utf8')
      } catch {
        // It has ended, or is another's.
        return ''
      }
    })
    .join('\n')
}
