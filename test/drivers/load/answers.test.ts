import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AnswerReader } from '../../../src/drivers/load/generator/answers.ts'

const plain = (body: string, more = ''): string =>
  `HTTP/1.1 200 OK\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`
const chunked = (...parts: string[]): string =>
  ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', ...parts.map(chunk), '0\r\n\r\n'].join('')
const chunk = (part: string): string => `${part.length.toString(16)}\r\n${part}\r\n`

/** What is read of `text` in pieces of `size` bytes: the status of each answer, with a `c` where it closes. */
function read(text: string, size: number): string[] | null {
  const reader = new AnswerReader()
  const bytes = Buffer.from(text, 'latin1')
  const all: string[] = []
  for (let at = 0; at < bytes.length; at += size) {
    const found = reader.take(bytes.subarray(at, at + size))
    if (found === null) return null
    all.push(...found.map(({ status, closes }) => `${status}${closes ? 'c' : ''}`))
  }
  assert.equal(reader.answers, all.length)
  return all
}

const table: [string, string, string[]][] = [
  ['one answer', plain('hello'), ['200']],
  ['one without a body', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', ['200']],
  ['one that was doubled', plain('hello') + plain('hello'), ['200', '200']],
  ['a body that looks like an answer', plain(plain('hello')), ['200']],
  ['in chunks', chunked('hel', 'lo'), ['200']],
  ['in chunks, of more than nine bytes', chunked('x'.repeat(300)), ['200']],
  ['a chunk that holds the end of chunks', chunked('0\r\n\r\n', 'lo'), ['200']],
  [
    'chunks doubled, and one of the other kind',
    chunked('hel', 'lo') + chunked('hello') + plain('x'),
    ['200', '200', '200'],
  ],
  ['one that closes', plain('hello', 'connection: Close\r\n'), ['200c']],
  ['another status', 'HTTP/1.0 404 Not Found\r\ncontent-length: 2\r\n\r\nno', ['404']],
  ['one that is not whole yet', plain('hello').slice(0, -1), []],
  ['chunks that are not whole yet', chunked('hello').slice(0, -1), []],
]

for (const [name, text, expected] of table) {
  test(`answers: ${name}, however it comes in`, () => {
    for (const size of [1, 2, 3, 5, 7, 64, text.length]) assert.deepEqual(read(text, size), expected, `by ${size}`)
  })
}

test('answers: what has no end of its head is no HTTP', () => {
  assert.deepEqual(read('x'.repeat(64 * 1024), 4_096), [])
  assert.equal(read('x'.repeat(64 * 1024 + 1), 4_096), null)
})
