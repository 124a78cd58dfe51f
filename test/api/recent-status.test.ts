import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hasTag, RecentStatus, sharedMs } from '../../src/api/recent-status.ts'
import { rememberedText } from '../../src/api/written.ts'
import { paths } from '../../src/contract/protocol.ts'
import type { StatusView } from '../../src/contract/status.ts'
import type { Clock } from '../../src/ports/clock.ts'
import { launchedDaemon } from './fake-daemon.ts'

/** A status that tells how often it was made, and a clock that stands still. */
function stage() {
  let [nowMs, made, cluster] = [1_000, 0, 'office']
  const clock = { now: () => nowMs } as unknown as Clock
  const recent = new RecentStatus(() => {
    made += 1
    return { at: made, cluster, guests: [] } as unknown as StatusView
  }, clock)
  return {
    recent,
    made: () => made,
    after: (ms: number) => {
      nowMs += ms
    },
    rename: (name: string) => {
      cluster = name
    },
  }
}

test('whoever asks alone has one of their own', () => {
  const { recent, after, made } = stage()
  for (let asked = 1; asked <= 20; asked++) {
    assert.equal(recent.get().view.at, asked)
    after(7)
  }
  assert.equal(made(), 20)
})

test('where many ask it is made at most once in the time that it may be old', () => {
  const { recent, after, made } = stage()
  for (let ms = 0; ms < 10_000; ms += 1) {
    recent.get()
    after(1)
  }
  const most = 10_000 / sharedMs + 10
  assert.ok(made() <= most, `made ${made()} times of 10 000`)
  assert.ok(made() >= 10_000 / (sharedMs + 2), `made ${made()} times: it is too old`)
})

test('after a change nobody is answered with what was before', () => {
  const { recent, after } = stage()
  for (let asked = 0; asked < 100; asked++) recent.get()
  const before = recent.get().view.at
  assert.equal(recent.get().view.at, before)
  recent.forget()
  assert.notEqual(recent.get().view.at, before)
  after(sharedMs + 1)
  assert.notEqual(recent.get().view.at, before + 1)
})

test('the tag is another one when anything but the time is', () => {
  const { recent, after, rename } = stage()
  const first = recent.get().tag
  after(100)
  assert.equal(recent.get().tag, first)
  rename('home')
  after(100)
  const second = recent.get().tag
  assert.notEqual(second, first)
  rename('office')
  after(100)
  assert.ok(![first, second].includes(recent.get().tag), 'what was once is not what is')
  assert.notEqual(stage().recent.get().tag, first, 'another daemon')
})

test('what is sent is the status as it would be written otherwise', () => {
  const { view } = stage().recent.get()
  const bytes = rememberedText(view) as unknown
  assert.ok(Buffer.isBuffer(bytes))
  assert.deepEqual(JSON.parse(bytes.toString()), view)
})

test('a client that has it is told so, in all the ways of the standard', () => {
  const tag = 'W/"a-1"'
  for (const has of [tag, '"a-1"', `"b", ${tag}`, '*']) assert.equal(hasTag(has, tag), true, has)
  for (const has of [undefined, '', '"a-2"', 'W/"a"', 'a-1']) assert.equal(hasTag(has, tag), false, has)
})

test('the route answers 304 until something changes', async (t) => {
  const daemon = launchedDaemon()
  const app = await daemon.api()
  t.after(() => app.close())
  const first = await app.inject({ url: paths.status })
  const tag = first.headers.etag as string
  assert.equal(first.statusCode, 200)
  assert.match(String(first.headers['content-type']), /^application\/json/)
  assert.equal(Number(first.headers['content-length']), Buffer.byteLength(first.body))
  const ask = () => app.inject({ url: paths.status, headers: { 'if-none-match': tag } })
  const same = await ask()
  assert.deepEqual([same.statusCode, same.body, same.headers.etag], [304, '', tag])
  daemon.world.see('web', 'running', { '80/tcp': 'refused' })
  daemon.changed()
  const other = await ask()
  assert.equal(other.statusCode, 200)
  assert.notEqual(other.headers.etag, tag)
})
