import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type StreamMessage, streamMessages } from '../../src/client/event-stream.ts'

async function read(pieces: readonly string[]): Promise<StreamMessage[]> {
  async function* source(): AsyncGenerator<string> {
    yield* pieces
  }
  const found: StreamMessage[] = []
  for await (const message of streamMessages(source())) found.push(message)
  return found
}

test('messages come out whole however the stream is cut', async () => {
  const word = fc.stringMatching(/^[a-z0-9 {}:"]{0,12}$/)
  const message = fc.record({
    event: fc.stringMatching(/^[a-z]{1,8}$/),
    id: fc.option(fc.nat().map(String)),
    data: word,
  })
  await fc.assert(
    fc.asyncProperty(fc.array(message, { maxLength: 6 }), fc.array(fc.nat(200)), async (messages, cuts) => {
      const text = messages
        .map(
          ({ event, id, data }) => `${id === null ? '' : `id: ${id}\n`}event: ${event}\n: comment\ndata: ${data}\n\n`,
        )
        .join('')
      const places = [0, ...cuts.filter((cut) => cut < text.length).sort((a, b) => a - b), text.length]
      const pieces = places.slice(1).map((end, index) => text.slice(places[index], end))
      assert.deepEqual(
        await read(pieces),
        messages.map((one) => ({ ...one })),
      )
    }),
  )
})

test('comments alone, half a message and foreign fields are nothing', async () => {
  assert.deepEqual(await read([': still here\n\n', 'retry: 1000\n\n', 'foo\n\n', 'data: half']), [])
  assert.deepEqual(await read(['data: a\r\ndata: b\r\n\r\n']), [{ event: 'message', id: null, data: 'a\nb' }])
})
