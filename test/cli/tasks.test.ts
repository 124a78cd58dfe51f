import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { TasksView } from '../../src/contract/tasks.ts'
import { chain, FakeDaemon, launchedDaemon } from '../api/fake-daemon.ts'
import { served, type } from './terminal.ts'

/** A launch of a chain that has begun with its first guest. */
async function launching(t: TestContext) {
  const draft = Object.fromEntries(
    Object.entries(chain).map(([id, guest]) => [id, { ...guest, wish: 'stopped' as const }]),
  )
  const daemon = new FakeDaemon(draft)
  daemon.world.settle()
  const socket = await served(t, daemon)
  const { out } = await type('launch web --no-wait -o json', { socket })
  const { task } = JSON.parse(out) as { task: string }
  daemon.readWishes()
  daemon.world.settle()
  daemon.changed()
  return { daemon, socket, task }
}

test('tasks are shown with how far they are, and one with each guest and why', async (t) => {
  const { socket, task } = await launching(t)
  const list = await type('tasks', { socket })
  assert.equal(list.exitCode, 0)
  assert.match(list.out, new RegExp(`^TASK .*\\n${task} +running +0/3 +launch .*dns, mail and web`))
  const one = await type(`task show ${task}`, { socket, language: 'pt_BR.UTF-8' })
  assert.match(one.out, new RegExp(`^${task}: launch \\([^)]+\\), em andamento\\n0 de 3, desde `))
  assert.match(one.out, /\n {2}dns: em andamento\n/)
  assert.match(one.out, /\n {2}web: aguardando\n {4}web .*mail:25\/tcp/)
  const told = JSON.parse((await type('tasks -o json', { socket })).out) as TasksView
  assert.deepEqual(told.tasks[0]?.subjects, ['dns', 'mail', 'web'])
  assert.match((await type('tasks -o csv', { socket })).out, new RegExp(`^id,kind,.*\\r\\n${task},launch,launch,`))
})

test('a task is taken back, and a second time it is refused with the reason', async (t) => {
  const { daemon, socket, task } = await launching(t)
  const taken = await type(`task cancel ${task}`, { socket })
  assert.equal(taken.exitCode, 0)
  assert.match(taken.out, new RegExp(`^${task} is taken back, as far as it can be\\n`))
  assert.equal(daemon.wish('web').state, null)
  const again = await type(`task cancel ${task}`, { socket })
  assert.equal(again.exitCode, 1)
  assert.match(again.err, /can be taken back any more/)
})

test('none, one that is not there, and a slip of the fingers', async (t) => {
  const socket = await served(t, launchedDaemon())
  assert.equal((await type('tasks', { socket })).out, 'no tasks\n')
  const missing = await type('task show nobody-0000', { socket })
  assert.equal(missing.exitCode, 105)
  assert.match(missing.err, /there is no task nobody-0000/)
  assert.equal((await type('task stop nobody-0000', { socket })).exitCode, 64)
})
