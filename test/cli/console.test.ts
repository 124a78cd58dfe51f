import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { launchedDaemon } from '../api/fake-daemon.ts'
import { served, type } from './terminal.ts'

/** Types each key once the screen shows what it waits for; tells whether the terminal was set back. */
function keyboard(...keys: readonly { readonly after: string; readonly key: string }[]) {
  const typed = new PassThrough()
  const state = { restored: false }
  const left = [...keys]
  return {
    state,
    keys: typed,
    seen: (screen: string) => {
      if (left[0] !== undefined && screen.endsWith(left[0].after)) typed.write(left.shift()!.key)
    },
    close: () => {
      state.restored = true
      typed.destroy()
    },
  }
}

test('console shows what the guest writes and sends each key; Ctrl-] leaves, and the terminal is as before', async (t) => {
  const socket = await served(t, launchedDaemon())
  const keys = keyboard(
    { after: 'web login: ', key: 'an' },
    { after: 'an', key: '\u0003' },
    { after: '\u0003', key: 'a\u001dnever sent' },
  )
  const { exitCode, out, err } = await type('console web', { socket, keyboard: keys, seen: keys.seen })
  assert.equal(exitCode, 0)
  assert.ok(out.startsWith('web login: an\u0003'))
  assert.doesNotMatch(out, /never/)
  assert.equal(err, 'Connected to the console of web; Ctrl-] leaves.\n\nThe console of web is left.\n')
  assert.ok(keys.state.restored)
})

test('console ends with the guest; without a terminal there is none; refusals are told', async (t) => {
  const daemon = launchedDaemon()
  const socket = await served(t, daemon)
  const keys = keyboard({ after: 'web login: ', key: 'bye' })
  assert.equal((await type('console web', { socket, keyboard: keys, seen: keys.seen })).exitCode, 0)
  assert.ok(keys.state.restored)
  const none = await type('console web', { socket })
  assert.deepEqual([none.exitCode, none.err.split('\n')[0]], [64, 'vigia: a console needs a terminal'])
  assert.equal((await type('console nobody', { socket })).exitCode, 105)
  daemon.consoleTaken = true
  const taken = await type('console web', { socket, keyboard: keyboard() })
  assert.equal(taken.exitCode, 1)
  assert.match(taken.err, /somebody has it/)
})
