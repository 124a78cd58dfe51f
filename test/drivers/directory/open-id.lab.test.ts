import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import Provider from 'oidc-provider'
import { paths } from '../../../src/contract/protocol.ts'
import { OpenIdProvider } from '../../../src/drivers/directory/open-id.ts'
import { silentLog } from '../../../src/ports/log.ts'
import { launchedDaemon } from '../../api/fake-daemon.ts'
import { browserOf, codeOf, stage } from '../../api/security/people.ts'

const secret = 'the secret between the two'
const returnUrl = `https://node1.example:8443${paths.openIdReturn}`

/** Whom the provider knows. */
const people: Readonly<Record<string, object>> = {
  ana: { email: 'ana@example.org', email_verified: true, groups: ['vigia-administrators'] },
  bia: { email: 'bia@example.org', email_verified: true, groups: ['web-team'] },
  caio: { email: 'caio@example.org', email_verified: true, groups: ['cooks'] },
  dora: { email: 'ana@example.org', email_verified: false, groups: ['vigia-administrators'] },
}

const roles = [
  { group: 'vigia-administrators', role: 'administrator', tags: null },
  { group: 'web-team', role: 'operator', tags: ['front'] },
] as const

/** A real provider on the loopback, whose own pages (any name, any password) a browser goes through. */
async function provider(t: TestContext): Promise<{ readonly issuer: string }> {
  const http = createServer()
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  const served = new Provider(issuer, {
    clients: [{ client_id: 'vigia', client_secret: secret, redirect_uris: [returnUrl] }],
    claims: { openid: ['sub', 'email', 'email_verified', 'groups'] },
    conformIdTokenClaims: false,
    findAccount: (_: unknown, id: string) => ({ accountId: id, claims: async () => ({ sub: id, ...people[id] }) }),
    cookies: { keys: ['a key of the provider'] },
  })
  http.on('request', served.callback())
  t.after(
    () =>
      new Promise((resolve) => {
        http.close(resolve)
        http.closeAllConnections()
      }),
  )
  return { issuer }
}

async function stand(t: TestContext, clientSecret = secret) {
  const { issuer } = await provider(t)
  const folder = mkdtempSync(join(tmpdir(), 'vigia-openid-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const clientSecretFile = join(folder, 'secret')
  writeFileSync(clientSecretFile, `${clientSecret}\n`)
  const settings = {
    ...{ name: 'Example', issuer, clientId: 'vigia', clientSecretFile },
    ...{ nameClaim: 'email', groupsClaim: 'groups', scopes: ['openid'] },
  }
  const openId = new OpenIdProvider(settings, roles, returnUrl, silentLog)
  const daemon = launchedDaemon()
  daemon.openId = { name: openId.name, load: async () => openId }
  return { ...(await stage(t, daemon)), openId }
}

/** Follows a browser's way through the provider's pages; resolves to the address that leads back. */
async function through(url: string, login: string): Promise<URL> {
  const jar = new Map<string, string>()
  let [at, body] = [new URL(url), null as string | null]
  for (let step = 0; step < 12; step++) {
    const { status, headers, text } = await visited(at, body, jar)
    body = null
    for (const set of headers['set-cookie'] ?? []) {
      const [name = '', value = ''] = (set.split(';')[0] ?? '').split('=')
      jar.set(name, value)
    }
    if (status >= 300 && status < 400) {
      at = new URL(headers.location ?? '', at)
      if (at.href.startsWith(returnUrl)) return at
      continue
    }
    const [, action = '', prompt = ''] = /action="([^"]+)"[\s\S]*name="prompt" value="(\w+)"/.exec(text) ?? []
    assert.ok(action !== '', `${status} ${text.slice(0, 300)}`)
    at = new URL(action, at)
    body = new URLSearchParams({ prompt, login, password: 'any' }).toString()
  }
  throw new Error('the provider leads nowhere')
}

function visited(
  url: URL,
  body: string | null,
  jar: ReadonlyMap<string, string>,
): Promise<{ status: number; headers: IncomingHttpHeaders; text: string }> {
  return new Promise((resolve, reject) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const type = body === null ? {} : { 'content-type': 'application/x-www-form-urlencoded' }
    const sent = httpRequest(
      url,
      { method: body === null ? 'GET' : 'POST', headers: { cookie, ...type } },
      (answer) => {
        let text = ''
        answer.on('data', (piece) => {
          text += String(piece)
        })
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }))
      },
    )
    sent.on('error', reject)
    sent.end(body ?? undefined)
  })
}

type Stand = Awaited<ReturnType<typeof stand>>

async function begun({ net }: Stand): Promise<{ readonly url: string; readonly cookie: string }> {
  const answer = await net.ask(paths.openIdBegin)
  assert.equal(answer.status, 302)
  const [cookie = ''] = [answer.headers['set-cookie'] ?? []].flat()
  assert.match(cookie, /^__Host-vigia-openid=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=600$/)
  return { url: String(answer.headers.location), cookie: cookie.split(';')[0] ?? '' }
}

function returned({ net }: Stand, at: URL, cookie: string) {
  return net.ask(`${at.pathname}${at.search}`, { headers: { cookie } })
}

async function cameBack(all: Stand, login: string) {
  const { url, cookie } = await begun(all)
  return returned(all, await through(url, login), cookie)
}

test('a real provider: there and back, and in with the rights of the group', async (t) => {
  const all = await stand(t)
  assert.deepEqual((await all.net.ask(paths.signIn)).body.openid, { name: 'Example', path: paths.openIdBegin })
  const answer = await cameBack(all, 'bia')
  assert.equal(answer.status, 200, answer.text)
  assert.match(answer.text, /http-equiv="refresh" content="0;url=\/"/)
  const session = String([answer.headers['set-cookie'] ?? []].flat().at(-1)).split(';')[0] ?? ''
  const bia = browserOf(all.net, { ...answer, headers: { 'set-cookie': [session] }, body: { csrf: '' } })
  assert.deepEqual((await bia.ask(paths.session)).body.user, {
    name: 'bia@example.org',
    role: 'operator',
    tags: ['front'],
  })
})

test('who is in no group that may come in, or whose address nobody checked, stays out', async (t) => {
  const all = await stand(t)
  for (const login of ['caio', 'dora', 'nobody'])
    assert.equal(codeOf(await cameBack(all, login)), 'sign-in-refused', login)
})

test('what comes back is good once, for the browser that was sent, and as the provider said it', async (t) => {
  const all = await stand(t)
  const [mine, theirs] = [await begun(all), await begun(all)]
  const at = await through(mine.url, 'ana')
  assert.equal(codeOf(await returned(all, at, '')), 'sign-in-refused')
  // Somebody's link, opened in another's browser: they would be in as somebody else.
  assert.equal(codeOf(await returned(all, at, theirs.cookie)), 'sign-in-refused')
  assert.equal((await returned(all, at, mine.cookie)).status, 200)
  assert.equal(codeOf(await returned(all, at, mine.cookie)), 'sign-in-refused')
  const again = await begun(all)
  const changed = await through(again.url, 'ana')
  changed.searchParams.set('code', `${changed.searchParams.get('code')}x`)
  assert.equal(codeOf(await returned(all, changed, again.cookie)), 'sign-in-refused')
})

test('a provider that does not know us, or is away, is said, and lets nobody in', async (t) => {
  const wrong = await stand(t, 'another secret')
  assert.equal(codeOf(await cameBack(wrong, 'ana')), 'sign-in-refused')
  const settings = { name: 'x', issuer: 'http://127.0.0.1:9', clientId: 'v', clientSecretFile: '/dev/null' }
  const away = new OpenIdProvider(
    { ...settings, nameClaim: 'email', groupsClaim: 'groups', scopes: ['openid'] },
    roles,
    returnUrl,
    silentLog,
  )
  await assert.rejects(away.begin(), /sign-in-refused/)
})
