import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Check } from 'typebox/value'
import { ErrorBody } from '../../src/contract/error.ts'
import { apiPrefix, bodyLimitBytes, guestActions, paths } from '../../src/contract/protocol.ts'
import { launchedDaemon } from './fake-daemon.ts'

const urls = [paths.launch, paths.shutdown, paths.apply, ...guestActions.map((action) => paths.guestDo('web', action))]

const bodies = fc.oneof(
  fc.json(),
  fc.string(),
  fc
    .record(
      {
        guests: fc.oneof(fc.array(fc.string(), { maxLength: 4 }), fc.jsonValue()),
        force: fc.oneof(fc.boolean(), fc.jsonValue()),
        dependents: fc.boolean(),
        on: fc.oneof(fc.boolean(), fc.jsonValue()),
        memoryMib: fc.oneof(fc.integer(), fc.double(), fc.constant(null), fc.string()),
        path: fc.string(),
        text: fc.string(),
        ['__proto__']: fc.jsonValue(),
      },
      { requiredKeys: [] },
    )
    .map((body) => JSON.stringify(body)),
)

test('any body at all is answered as the contract says, and never with a stack', async (t) => {
  const daemon = launchedDaemon()
  const app = await daemon.api()
  t.after(() => app.close())
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...urls), bodies, async (url, payload) => {
      const headers = { 'content-type': 'application/json' }
      const response = await app.inject({ method: 'POST', url, payload, headers })
      assert.ok(response.statusCode < 500, `${url} ${payload} ${response.body}`)
      assert.doesNotMatch(response.body, /node_modules|\bat .*\.ts:|TypeError/)
      if (response.statusCode >= 400) assert.ok(Check(ErrorBody, response.json()), response.body)
    }),
    { numRuns: 300 },
  )
  assert.deepEqual(daemon.logged, [])
})

test('any path, query or header at all is answered', async (t) => {
  const app = await launchedDaemon().api()
  t.after(() => app.close())
  const text = fc.string({ maxLength: 40 }).map(encodeURIComponent)
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('guests', 'why', 'events', 'x'), text, text, async (kind, name, query) => {
      const response = await app.inject({ url: `${apiPrefix}/${kind}/${name}?${query}=${name}` })
      assert.ok(response.statusCode < 500, response.body)
    }),
    { numRuns: 150 },
  )
})

test('a body beyond the limit, or of another kind, is refused', async (t) => {
  const app = await launchedDaemon().api()
  t.after(() => app.close())
  const large = await app.inject({
    method: 'POST',
    url: paths.apply,
    payload: { path: 'x', text: 'x'.repeat(bodyLimitBytes) },
  })
  assert.equal(large.statusCode, 413)
  assert.equal((large.json() as ErrorBody).fault.code, 'limit-reached')
  const form = await app.inject({
    method: 'POST',
    url: paths.launch,
    payload: 'a=b',
    headers: { 'content-type': 'text/plain' },
  })
  assert.ok(form.statusCode >= 400 && form.statusCode < 500)
  assert.ok(Check(ErrorBody, form.json()))
})

test('what breaks inside is told to the log, not to the client', async (t) => {
  const daemon = launchedDaemon()
  const { createApi } = await import('../../src/api/server.ts')
  const app = await createApi({
    ...daemon.powers(),
    examine: async () => {
      throw new TypeError('secret of /root')
    },
  })
  t.after(() => app.close())
  const response = await app.inject({ url: paths.doctor })
  assert.equal(response.statusCode, 500)
  assert.doesNotMatch(response.body, /secret|stack/)
  assert.deepEqual(daemon.logged, ['a request failed internal'])
})
