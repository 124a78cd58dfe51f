import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import type { FastifyInstance } from 'fastify'
import { paths, patterns, speakerHeader } from '../../src/contract/protocol.ts'
import type { TasksView } from '../../src/contract/tasks.ts'
import type { WishResult } from '../../src/contract/wishes.ts'
import { checkedApi } from './checked-api.ts'
import { launchedDaemon } from './fake-daemon.ts'
import { account, samples } from './route-samples.ts'
import { threeHosts } from './wide-daemon.ts'

/** Answered without an end, in live.test.ts and the client's tests. */
const streams = [paths.statusStream, paths.eventsStream, paths.live].map((path) => `GET ${path}`)

/** What takes the answer of another route: in security/sign-in.test.ts, against their schemas too. */
const inOrder = [`POST ${paths.sessionLink}`, `POST ${paths.sessionPassword}`, `DELETE ${patterns.token}`]

/** A browser's way to a provider and back: in drivers/directory/open-id.lab.test.ts. */
const elsewhere = [paths.openIdBegin, paths.openIdReturn].map((path) => `GET ${path}`)

interface Description {
  readonly openapi: string
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: { readonly schemas: Record<string, object> }
}

/** A task that nothing has been done of yet. */
async function someTask(app: FastifyInstance): Promise<string> {
  const asked = await app.inject({ method: 'POST', url: paths.guestDo('lone', 'pause'), payload: {} })
  const { task } = asked.json() as WishResult
  if (task !== null) return task
  const { tasks } = (await app.inject({ url: paths.tasks })).json() as TasksView
  return tasks.find(({ state }) => state === 'running')!.id
}

interface Operation {
  readonly operationId: string
  readonly summary?: string
  readonly 'x-vigia-access'?: string
  readonly responses: Record<string, { readonly content?: Record<string, unknown> }>
}

async function described() {
  const { app, routes } = await checkedApi(launchedDaemon().powers())
  const answer = await app.inject({ url: paths.openApi })
  assert.equal(answer.statusCode, 200)
  return { app, routes, description: answer.json() as Description }
}

test('a public validator finds nothing wrong with the description', async (t) => {
  const { app, description } = await described()
  t.after(() => app.close())
  const validator = new Validator()
  const result = await validator.validate(structuredClone(description) as never)
  assert.deepEqual(result, { valid: true })
  assert.equal(validator.version, '3.1')
})

test('the validator would find it', async (t) => {
  const { app, description } = await described()
  t.after(() => app.close())
  const broken = structuredClone(description)
  Object.assign(broken.paths[paths.status]!.get!, { responses: 'all of them' })
  assert.equal((await new Validator().validate(broken as never)).valid, false)
})

test('every route is described, with its words, who may use it, and what it answers', async (t) => {
  const { app, routes, description } = await described()
  t.after(() => app.close())
  const operations = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
  )
  const there = new Set(operations.map(({ name }) => name))
  const missing = routes.filter((route) => !there.has(route.replaceAll(/:([a-zA-Z]+)/g, '{$1}')))
  assert.ok(routes.length > 20)
  assert.deepEqual(missing, [])
  const bare = operations.filter(
    ({ operation }) =>
      !operation.summary ||
      !operation['x-vigia-access'] ||
      (operation.responses['200'] ?? operation.responses['302'])?.content === undefined,
  )
  assert.deepEqual(
    bare.map(({ name }) => name),
    [],
  )
  const ids = operations.map(({ operation }) => operation.operationId)
  assert.equal(new Set(ids).size, ids.length)
})

test('every reference leads to a schema, and every named schema is used', async (t) => {
  const { app, description } = await described()
  t.after(() => app.close())
  const used = new Set(
    [...JSON.stringify(description).matchAll(/#\/components\/schemas\/([A-Za-z]+)/g)].map(([, name]) => name!),
  )
  assert.deepEqual([...used].sort(), Object.keys(description.components.schemas).sort())
})

test('every route answers a good request, and as its schema says', async (t) => {
  const daemon = launchedDaemon()
  daemon.plays = true
  const alone = await checkedApi(daemon.powers())
  const wide = await checkedApi(threeHosts().powers())
  t.after(() => Promise.all([alone.app.close(), wide.app.close()]))
  const answered = new Set<string>()
  for (const { route, several = false, body, ...request } of samples) {
    const { app } = several ? wide : alone
    const [method = '', url = ''] = route.split(' ')
    const id = url.includes('/tasks/:id') ? await someTask(app) : ''
    const place = url
      .replace(':guest', request.guest ?? 'web')
      .replace(':host', request.host ?? 'n3')
      .replace(':name', account.name)
      .replace('/tasks/:id', `/tasks/${id}`)
      .replace('/drills/:id', '/drills/web-1')
    const answer = await app.inject({
      method: method as 'GET',
      url: place + (request.query ?? ''),
      headers: { [speakerHeader]: 'ana' },
      ...(body !== undefined && { payload: body }),
    })
    assert.ok(answer.statusCode < 300, `${route}: ${answer.body}`)
    answered.add(route)
  }
  const unanswered = alone.routes.filter(
    (route) => !answered.has(route) && ![...streams, ...inOrder, ...elsewhere].includes(route),
  )
  assert.deepEqual(unanswered, [], 'a route without a sample in route-samples.ts')
  assert.deepEqual([...alone.broken, ...wide.broken], [])
})

test('the page shows every operation, asks nobody else for anything and executes nothing', async (t) => {
  const { app, description } = await described()
  t.after(() => app.close())
  const page = await app.inject({ url: paths.docs })
  assert.equal(page.statusCode, 200)
  assert.match(String(page.headers['content-type']), /^text\/html/)
  assert.match(String(page.headers['content-security-policy']), /default-src 'none'/)
  for (const methods of Object.values(description.paths)) {
    for (const { operationId } of Object.values(methods))
      assert.ok(page.body.includes(`id="${operationId}"`), operationId)
  }
  assert.doesNotMatch(page.body, /<script|https?:\/\/|javascript:/)
  const style = /href="([^"]+\.css)"/.exec(page.body)?.[1] ?? ''
  assert.match(String((await app.inject({ url: style })).headers['content-type']), /^text\/css/)
})
