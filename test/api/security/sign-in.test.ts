import assert from 'node:assert/strict'
import { test } from 'node:test'
import { totpCode } from '../../../src/api/access/totp.ts'
import { paths } from '../../../src/contract/protocol.ts'
import { storeKeys } from '../../../src/ports/store.ts'
import { browserOf, codeOf, cookieIn, goodPassword, stage } from './people.ts'

test('nobody is in before they sign in, and nobody with a wrong name or password', async (t) => {
  const { net, account } = await stage(t)
  await account('ana')
  assert.equal(codeOf(await net.ask(paths.session)), 'sign-in-wanted')
  for (const body of [
    { name: 'ana', password: 'a lookout on the hil' },
    { name: 'bia', password: goodPassword },
    { name: 'root', password: '' + ' ' },
  ]) {
    const answer = await net.ask(paths.session, { method: 'POST', body })
    assert.equal(answer.status, 401)
    assert.equal(codeOf(answer), 'sign-in-refused')
    assert.deepEqual(answer.body.fault.details, {})
    assert.equal(cookieIn(answer), null)
  }
})

test('who signs in gets a cookie that scripts and other sites do not, and is themselves until they go', async (t) => {
  const { net, account, signIn } = await stage(t)
  await account('ana', { role: 'operator', tags: ['front'] })
  const answer = await net.ask(paths.session, { method: 'POST', body: { name: 'Ana', password: goodPassword } })
  assert.match(
    String(answer.headers['set-cookie']),
    /^__Host-vigia=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict; Max-Age=43200$/,
  )
  const browser = browserOf(net, answer)
  const { status, body } = await browser.ask(paths.session)
  assert.equal(status, 200)
  assert.deepEqual(body.user, { name: 'ana', role: 'operator', tags: ['front'] })
  assert.equal(body.csrf, browser.csrf)
  const other = await signIn('ana')
  assert.notEqual(other.cookie, browser.cookie)
  assert.equal((await browser.ask(paths.session, { method: 'DELETE' })).status, 200)
  assert.equal((await browser.ask(paths.session)).status, 401)
  assert.equal((await other.ask(paths.session)).status, 200)
})

test('fixation: a cookie that was in the browser before is worth nothing after', async (t) => {
  const { net, account, signIn } = await stage(t)
  await account('ana')
  await account('eve')
  const planted = await signIn('eve')
  const body = { name: 'ana', password: goodPassword }
  const headers = { cookie: planted.cookie }
  const answer = await net.ask(paths.session, { method: 'POST', body, headers })
  assert.notEqual(cookieIn(answer), planted.cookie)
  assert.equal((await planted.ask(paths.session)).status, 401)
  const made = `__Host-vigia=${'a'.repeat(43)}`
  const again = await net.ask(paths.session, { method: 'POST', body, headers: { cookie: made } })
  assert.notEqual(cookieIn(again), made)
  assert.equal((await net.ask(paths.session, { headers: { cookie: made } })).status, 401)
})

test('an authenticator: asked for once it was shown to work, and each code is good once', async (t) => {
  const { daemon, local, net, account, signIn } = await stage(t)
  await account('ana')
  const made = await local('PATCH', paths.user('ana'), { totp: 'new' })
  const { secret, uri } = made.body.totp
  assert.match(uri, /^otpauth:\/\/totp\/Vigia:ana\?secret=[A-Z2-7]{32}&issuer=Vigia$/)
  await signIn('ana')
  // At the beginning of a step: the next does not begin meanwhile.
  daemon.wallAheadMs += 30_000 - (daemon.clock.wall() % 30_000)
  const step = Math.floor(daemon.clock.wall() / 30_000)
  assert.equal(codeOf(await local('PATCH', paths.user('ana'), { code: '000000' })), 'bad-request')
  assert.equal((await local('PATCH', paths.user('ana'), { code: totpCode(secret, step - 1) })).body.user.totp, 'on')
  const tried = async (code?: string) =>
    codeOf(
      await net.ask(paths.session, {
        method: 'POST',
        body: { name: 'ana', password: goodPassword, ...(code && { code }) },
      }),
    )
  assert.equal(await tried(), 'code-wanted')
  assert.equal(await tried(totpCode(secret, step - 1)), 'sign-in-refused')
  assert.equal(await tried(totpCode(secret, step + 3)), 'sign-in-refused')
  const code = totpCode(secret, step + 1)
  const both = await Promise.all([tried(code), tried(code)])
  assert.deepEqual(both.sort(), ['HTTP 200', 'sign-in-refused'])
  assert.equal(await tried(code), 'sign-in-refused')
})

test('a one-time link is made on a host only, is good once, and for a while', async (t) => {
  const { daemon, local, net, account, signIn } = await stage(t)
  await account('ana')
  const browser = await signIn('ana')
  assert.equal(codeOf(await browser.ask(paths.consoleLink, { method: 'POST' })), 'access-denied')
  const made = await local('POST', paths.consoleLink)
  const { ticket, urls } = made.body
  assert.deepEqual(urls, [`https://node1.example:8443/console-link#${ticket}`])
  const used = () => net.ask(paths.sessionLink, { method: 'POST', body: { ticket } })
  const answers = await Promise.all([used(), used()])
  assert.deepEqual(answers.map(codeOf).sort(), ['HTTP 200', 'sign-in-refused'])
  const good = answers.find(({ status }) => status === 200)!
  const { body } = await browserOf(net, good).ask(paths.session)
  assert.deepEqual(body.user, { name: 'root', role: 'administrator', tags: null })
  assert.equal(codeOf(await used()), 'sign-in-refused')

  const late = (await local('POST', paths.consoleLink)).body
  const [entry] = daemon.store.snapshot(storeKeys.links).entries
  assert.equal(late.expiresAt - JSON.parse(entry!.value).createdAt, 600_000)
})

test('the own password: asked for once more, and everything else of the account is out', async (t) => {
  const { net, account, signIn } = await stage(t)
  await account('ana')
  const [browser, other] = [await signIn('ana'), await signIn('ana')]
  const change = (password: string, newPassword: string) =>
    browser.ask(paths.sessionPassword, { method: 'POST', body: { password, newPassword } })
  assert.equal(codeOf(await change('wrong wrong wrong', 'another lookout')), 'sign-in-refused')
  for (const poor of ['short', 'ana-ana-ana-ana', 'x'.repeat(300)]) {
    assert.equal(codeOf(await change(goodPassword, poor)), 'bad-request', poor)
  }
  const changed = await change(goodPassword, 'another lookout')
  assert.equal(changed.status, 200)
  assert.equal((await other.ask(paths.session)).status, 401)
  assert.equal((await browserOf(net, changed).ask(paths.session)).status, 200)
  assert.equal(
    codeOf(await net.ask(paths.session, { method: 'POST', body: { name: 'ana', password: goodPassword } })),
    'sign-in-refused',
  )
})

test('a change of rights holds at once, and who is removed is out', async (t) => {
  const { local, account, signIn } = await stage(t)
  await account('ana')
  const browser = await signIn('ana')
  assert.equal((await browser.ask(paths.users)).status, 200)
  assert.equal((await local('PATCH', paths.user('ana'), { role: 'viewer' })).status, 200)
  assert.equal(codeOf(await browser.ask(paths.users)), 'access-denied')
  assert.equal((await browser.ask(paths.status)).status, 200)
  assert.equal((await local('DELETE', paths.user('ana'))).status, 200)
  assert.equal((await browser.ask(paths.status)).status, 401)
  await account('ana')
  assert.equal((await browser.ask(paths.status)).status, 401)
})

test('an operator commands guests of their tags, and no others by whatever name', async (t) => {
  const { account, signIn, daemon } = await stage(t)
  await account('ana', { role: 'operator', tags: ['front'] })
  await account('bia', { role: 'operator' })
  const [ana, bia] = [await signIn('ana'), await signIn('bia')]
  const post = (browser: typeof ana, path: string, body: object) => browser.ask(path, { method: 'POST', body })
  assert.ok(daemon.world.cluster.byId.get('web' as never))
  for (const [path, body] of [
    [paths.guestDo('dns', 'pause'), {}],
    [paths.shutdown, { guests: ['dns'], force: true }],
    [paths.shutdown, {}],
    [paths.guestDo('dns', 'shutdown'), { dependents: true }],
    [paths.guestDo('dns', 'memory'), { memoryMib: 512 }],
  ] as const) {
    const answer = await post(ana, path, body)
    assert.equal(codeOf(answer), 'access-denied', `${path} ${answer.text}`)
    assert.ok(answer.body.fault.details.guests.length > 0)
  }
  assert.equal(codeOf(await post(ana, paths.arm, { armed: false })), 'access-denied')
  assert.equal((await post(bia, paths.guestDo('web', 'pause'), {})).status, 200)
  assert.equal(codeOf(await post(bia, paths.arm, { armed: false })), 'access-denied')
})

test('what another site’s page causes is refused, whatever its cookie', async (t) => {
  const { net, account, signIn } = await stage(t)
  await account('ana')
  const { cookie, csrf } = await signIn('ana')
  const pause = (headers: Record<string, string>) =>
    net.ask(paths.guestDo('web', 'watch'), { method: 'POST', body: { on: false }, headers: { cookie, ...headers } })
  assert.equal(codeOf(await pause({})), 'access-denied')
  assert.equal(codeOf(await pause({ 'vigia-csrf': csrf.slice(1) })), 'access-denied')
  assert.equal(codeOf(await pause({ 'vigia-csrf': csrf, origin: 'https://evil.example' })), 'access-denied')
  assert.equal(codeOf(await pause({ 'vigia-csrf': csrf, origin: 'null' })), 'access-denied')
  assert.equal((await pause({ 'vigia-csrf': csrf, origin: 'https://node1.example:8443' })).status, 200)
  assert.equal((await pause({ 'vigia-csrf': csrf })).status, 200)
  const body = { name: 'ana', password: goodPassword }
  const lured = await net.ask(paths.session, { method: 'POST', body, headers: { origin: 'https://evil.example' } })
  assert.equal(codeOf(lured), 'access-denied')
  const form = { 'content-type': 'application/x-www-form-urlencoded', cookie, 'vigia-csrf': csrf }
  assert.equal((await net.ask(paths.launch, { method: 'POST', raw: 'guests=web', headers: form })).status, 415)
})
