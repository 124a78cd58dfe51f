import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { totpCode } from '../../src/api/access/totp.ts'
import type { Secret } from '../../src/cli/context.ts'
import { storeKeys } from '../../src/ports/store.ts'
import { type FakeDaemon, launchedDaemon } from '../api/fake-daemon.ts'
import { served, type TypeOptions, type } from './terminal.ts'

const password = 'a lookout on the hill'

async function stage(t: TestContext) {
  const daemon = launchedDaemon()
  const socket = await served(t, daemon)
  const typed = (line: string, options: TypeOptions = {}) => type(line, { socket, ...options })
  return { daemon, typed }
}

function secrets(...texts: string[]): { readonly secrets: readonly Secret[] } {
  return { secrets: texts.map((text) => ({ text, typed: true })) }
}

function stored(daemon: FakeDaemon): string {
  return JSON.stringify(daemon.store.snapshot(storeKeys.access).entries)
}

test('an account: its password is typed twice, its role changes, and it goes', async (t) => {
  const { daemon, typed } = await stage(t)
  assert.match((await typed('user list')).out, /There are no accounts/)
  const made = await typed('user add Ana --role operator --tags front,@mail', secrets(password, password))
  assert.equal(made.out, 'ana may sign in, as operator of @front @mail.\n')
  assert.equal(made.exitCode, 0)
  assert.ok(!stored(daemon).includes(password))
  const role = await typed('user role ana administrator')
  assert.equal(role.out, 'ana is administrator from now on.\n')
  assert.match((await typed('user list')).out, /^NAME +ROLE +CODE +IN NOW +MADE\nana +administrator +none +0 /)
  assert.match((await typed('user password ana', secrets('another lookout', 'another lookout'))).out, /new password/)
  assert.match((await typed('user remove ana')).out, /ana is removed/)
  const gone = await typed('user remove ana')
  assert.equal(gone.exitCode, 105)
  assert.match(gone.err, /there is no account ana/)
})

test('a script gives the password on standard input', async (t) => {
  const { typed } = await stage(t)
  const made = await typed('user add robot', { secrets: [{ text: password, typed: false }] })
  assert.equal(made.out, 'robot may sign in, as viewer.\n')
})

test('what is wrong is said, and nothing is made', async (t) => {
  const { daemon, typed } = await stage(t)
  const cases: readonly (readonly [string, TypeOptions, number, RegExp])[] = [
    ['user add ana', secrets(password, `${password}s`), 64, /not alike/],
    ['user add ana', {}, 64, /a password is needed/],
    ['user add ana', secrets('short', 'short'), 64, /password.*too short/],
    ['user add ana --tags front', secrets(password, password), 64, /only an operator/],
    ['user add', {}, 64, /NAME is missing/],
    ['user add ana --role king', {}, 64, /king/],
    ['user role ana', {}, 64, /ROLE is missing/],
    ['user shave ana', {}, 64, /shave/],
    ['user add ana operator', {}, 64, /too many/],
    ['token create', {}, 64, /NAME is missing/],
    ['token create x --for 500d', {}, 64, /forMs/],
    ['token revoke 0123', {}, 105, /0123/],
  ]
  for (const [line, options, exitCode, said] of cases) {
    const got = await typed(line, options)
    assert.equal(got.exitCode, exitCode, `${line}: ${got.err}`)
    assert.match(got.err, said, line)
  }
  assert.equal(stored(daemon), '[]')
})

test('an authenticator is asked for once its code was right', async (t) => {
  const { daemon, typed } = await stage(t)
  await typed('user add ana', secrets(password, password))
  const later = await typed('user totp ana')
  assert.match(later.err, /before one was shown to be right/)
  assert.match((await typed('user list')).out, /not confirmed/)
  const wrong = await typed('user totp ana', { answer: '12 34 56' })
  assert.equal(wrong.exitCode, 64)
  const [secret] = /"secret":"([A-Z2-7]+)/.exec(stored(daemon).replaceAll('\\', ''))?.slice(1) ?? []
  assert.ok(secret)
  assert.equal(totpCode('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', Math.floor(59 / 30)), '287082')
  assert.match((await typed('user totp ana --off')).out, /No code is asked/)
})

test('a token is printed alone, once; the list does not tell it', async (t) => {
  const { daemon, typed } = await stage(t)
  const made = await typed('token create prometheus --role viewer --for 30d')
  assert.match(made.out, /^vigia_[0-9a-f]{12}_[\w-]{43}\n$/)
  assert.match(made.err, /It is viewer, until/)
  const listed = await typed('token list -o json')
  const [token] = JSON.parse(listed.out).tokens
  assert.equal(token.name, 'prometheus')
  const secret = made.out.trim().split('_').slice(2).join('_')
  assert.ok(!listed.out.includes(secret) && !stored(daemon).includes(secret))
  assert.match((await typed(`token revoke ${token.id}`)).out, /revoked/)
  assert.match((await typed('token list')).out, /no tokens/)
})

test('the audit tells who did what, and no secret; the link into the console', async (t) => {
  const { typed } = await stage(t)
  await typed('user add ana', secrets(password, password))
  await typed('pause web')
  const link = await typed('console')
  assert.match(link.out, /^https:\/\/node1\.example:8443\/console-link#[\w-]{43}\n$/)
  assert.match(link.err, /Good once/)
  const { out } = await typed('audit')
  assert.match(out, /^WHEN +WHO +FROM +OUTCOME +WHAT\n/)
  assert.match(out, /ana +local +done +POST \/api\/v1\/users \{"name":"ana","role":"viewer","tags":null\}\n/)
  assert.match(out, /POST \/api\/v1\/guests\/web\/pause\n/)
  assert.ok(!out.includes(password))
  assert.match((await typed('audit --who nobody')).out, /Nothing was asked/)
  assert.match((await typed('audit --lang pt-BR')).out, /^QUANDO/)
})
