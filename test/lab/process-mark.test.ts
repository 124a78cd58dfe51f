import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { test } from 'node:test'
import { childrenOf, isAlive, markOf, signal, waitGone } from '../../lab/process-mark.ts'

test('a pid with another start time is another process, and is not signalled', () => {
  const own = markOf(process.pid, 'this test')
  assert.ok(own)
  assert.equal(isAlive(own), true)
  const stranger = { ...own, startTicks: '1' }
  assert.equal(isAlive(stranger), false)
  assert.equal(signal(stranger, 'SIGKILL'), false)
})

test('a process that ended is gone, also while nobody has collected it', async () => {
  const child = spawn('sleep', ['60'])
  assert.ok(child.pid)
  const mark = markOf(child.pid, 'sleep')
  assert.ok(mark)
  assert.ok(childrenOf(process.pid).includes(child.pid))
  assert.equal(signal(mark, 'SIGKILL'), true)
  await waitGone(mark, 30_000)
})
