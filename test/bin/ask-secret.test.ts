import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createClient } from '../../src/client/client.ts'
import { unixTransport } from '../../src/client/unix-transport.ts'
import { launchedDaemon } from '../api/fake-daemon.ts'
import { served } from '../cli/terminal.ts'

const program = join(import.meta.dirname, '../../src/bin/vigia.ts')
const limitMs = 120_000

interface Ended {
  readonly status: number
  /** All that stood on the terminal, what it echoes included. */
  readonly screen: string
}

/**
 * The command on a terminal of its own, as `script` makes one, with a person at it: each answer is typed when its question stands there. What is
 * typed before the terminal is told not to show it would be seen.
 */
function atTerminal(
  t: TestContext,
  socket: string,
  words: string,
  answers: readonly [question: RegExp, typed: string][],
) {
  const line = `'${process.execPath}' '${program}' ${words}`
  const child = spawn('script', ['--quiet', '--return', '--command', line, '/dev/null'], {
    env: { ...process.env, VIGIA_SOCKET: socket, LC_ALL: 'C.UTF-8', TERM: 'dumb' },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  t.after(() => child.kill('SIGKILL'))
  return new Promise<Ended>((resolve, reject) => {
    const [waiting, timer] = [
      [...answers],
      setTimeout(() => reject(new Error(`not within ${limitMs} ms: ${screen}`)), limitMs),
    ]
    let [screen, answered] = ['', 0]
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      screen += piece
      const next = waiting[0]
      if (next === undefined || !next[0].test(screen.slice(answered))) return
      answered = screen.length
      waiting.shift()
      child.stdin.write(next[1])
    })
    child.on('error', reject)
    child.on('close', (status) => {
      clearTimeout(timer)
      resolve({ status: status ?? -1, screen })
    })
  })
}

async function stage(t: TestContext) {
  const daemon = launchedDaemon()
  const socket = await served(t, daemon)
  const client = createClient(unixTransport(socket))
  t.after(() => client.close())
  const users = async () => (await client.access.users()).users.map(({ name }) => name)
  return { socket, users }
}

const password = 'a lookout on the hill'

test('a password is asked for twice on the terminal, and stands nowhere on it', async (t) => {
  const { socket, users } = await stage(t)
  const { status, screen } = await atTerminal(t, socket, 'user add ana --role viewer', [
    // A slip, taken back letter by letter; then a whole line taken back; Enter is a carriage return.
    [/assword.*: $/, `wrong\x15a lookoux\x7ft on the hill\r`],
    [/more: $/, `${password}\r`],
  ])
  assert.equal(status, 0, screen)
  assert.match(screen, /ana/)
  assert.doesNotMatch(screen, /lookout|hill|wrong/)
  assert.deepEqual(await users(), ['ana'])
})

test('two that are not alike make no account, nor does Ctrl-C; the terminal shows again what is typed', async (t) => {
  const { socket, users } = await stage(t)
  const differ = await atTerminal(t, socket, 'user add ana', [
    [/assword.*: $/, `${password}\r`],
    [/more: $/, `${password}s\r`],
  ])
  assert.equal(differ.status, 64, differ.screen)
  assert.match(differ.screen, /not alike/)
  const left = await atTerminal(t, socket, "user add ana; stty -a | grep -o ' -\\?echo '", [
    [/assword.*: $/, 'half\x03'],
  ])
  assert.match(left.screen, /(^|[^-])echo/, 'the terminal is as it was')
  assert.doesNotMatch(left.screen, /half/)
  assert.deepEqual(await users(), [])
})
