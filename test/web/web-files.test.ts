import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import { createApi } from '../../src/api/server.ts'
import { builtConsole } from '../../src/api/web-files.ts'
import { launchedDaemon } from '../api/fake-daemon.ts'

const script = 'console.log("the console")\n'.repeat(50)

/** As the build leaves it, with a secret beside it. */
async function served(t: TestContext): Promise<FastifyInstance> {
  const folder = mkdtempSync(join(tmpdir(), 'vigia-web-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'web', 'assets'), { recursive: true })
  const put = (name: string, content: string | Buffer): void => writeFileSync(join(folder, 'web', name), content)
  const [br, gz] = [brotliCompressSync(script), gzipSync(script)]
  put('index.html', '<!doctype html><title>Vigia</title>')
  put('assets/index-1.js', script)
  put('assets/index-1.js.br', br)
  put('assets/index-1.js.gz', gz)
  const files = {
    'index.html': { bytes: 35, tag: 'page' },
    'assets/index-1.js': { bytes: script.length, tag: 'script', br: br.length, gz: gz.length },
  }
  put('files.json', JSON.stringify(files))
  writeFileSync(join(folder, 'secret'), 'secret')
  const web = builtConsole(join(folder, 'web'))
  assert.ok(web !== null)
  const app = await createApi(launchedDaemon().powers(), { web })
  t.after(() => app.close())
  return app
}

test('every address of a page is answered with the page; those of the API that are not there stay errors', async (t) => {
  const app = await served(t)
  for (const url of ['/', '/guests/web', '/guests/www.example.com/needs', '/settings/file', '/what-if?lose=h1']) {
    const answer = await app.inject(url)
    assert.equal(answer.statusCode, 200, url)
    assert.match(answer.headers['content-type'] as string, /^text\/html/)
    assert.equal(answer.headers['cache-control'], 'no-cache')
  }
  for (const url of ['/api/v1/nothing', '/api/nothing', '/assets/gone.js', '/favicon.ico', '/robots.txt']) {
    const answer = await app.inject(url)
    assert.equal(answer.statusCode, 404, url)
    assert.match(answer.headers['content-type'] as string, /^application\/problem\+json/)
  }
  assert.equal((await app.inject('/healthz')).json().ok, true)
})

test('files are sent compressed as the browser takes them, to be kept for ever', async (t) => {
  const app = await served(t)
  const ask = (encoding: string) => app.inject({ url: '/assets/index-1.js', headers: { 'accept-encoding': encoding } })
  assert.equal((await ask('gzip, deflate, br')).headers['content-encoding'], 'br')
  assert.equal((await ask('gzip')).headers['content-encoding'], 'gzip')
  assert.equal((await ask('br;q=0, gzip')).headers['content-encoding'], 'gzip')
  const plain = await ask('identity')
  assert.equal(plain.body, script)
  assert.equal(plain.headers['content-length'], String(script.length))
  assert.match(plain.headers['cache-control'] as string, /immutable/)
  const again = await app.inject({ url: '/', headers: { 'if-none-match': '"page"' } })
  assert.equal(again.statusCode, 304)
  assert.equal((await app.inject({ method: 'HEAD', url: '/' })).body, '')
})

test('nothing is served that the build did not list, however it is asked for', async (t) => {
  const app = await served(t)
  const ways = [
    '/../secret',
    '/%2e%2e/secret',
    '/..%2fsecret',
    '/assets/../../secret',
    '//etc/passwd',
    '/files.json.',
    '/assets/index-1.js.br/..',
  ]
  for (const url of ways) {
    const answer = await app.inject(url)
    assert.ok(!answer.body.includes('secret') || answer.statusCode === 404, url)
    assert.ok(!answer.body.includes('root:'), url)
  }
})

test('what was not built is not there', () => assert.equal(builtConsole('/nonexistent'), null))
