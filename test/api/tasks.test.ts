import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { tasksAtMost } from '../../src/api/task-book.ts'
import { paths, speakerHeader } from '../../src/contract/protocol.ts'
import type { TaskResult, TasksView, TaskView } from '../../src/contract/tasks.ts'
import type { WishResult } from '../../src/contract/wishes.ts'
import { hostId } from '../../src/model/ids.ts'
import type { TaskRecord } from '../../src/model/task.ts'
import { storeKeys } from '../../src/ports/store.ts'
import { chain, FakeDaemon, launchedDaemon } from './fake-daemon.ts'
import { threeHosts } from './wide-daemon.ts'

async function served(t: TestContext, daemon: FakeDaemon) {
  const app = await daemon.api()
  t.after(() => app.close())
  const headers = { [speakerHeader]: 'ana' }
  return {
    app,
    post: async <T>(url: string, payload: object = {}) =>
      (await app.inject({ method: 'POST', url, payload, headers })).json() as T,
    tasks: async () => ((await app.inject({ url: paths.tasks })).json() as TasksView).tasks,
    task: async (id: string) => ((await app.inject({ url: paths.task(id) })).json() as TaskResult).task,
  }
}

async function until<T>(look: () => Promise<T>, holds: (found: T) => boolean): Promise<T> {
  const endsAt = performance.now() + 60_000
  for (;;) {
    const found = await look()
    if (holds(found)) return found
    assert.ok(performance.now() < endsAt, JSON.stringify(found))
    await setTimeout(20)
  }
}

const brief = ({ kind, state, steps }: TaskView) => [
  kind,
  state,
  ...steps.map((step) => `${step.subject} ${step.state}`),
]

test('a launch is a task from its wish to its last service, on every daemon that is asked', async (t) => {
  const daemon = launchedDaemon()
  // Slow enough to be seen under way.
  const stop = daemon.live({ delayMs: 300 })
  t.after(stop)
  const [here, there] = [await served(t, daemon), await served(t, daemon)]
  const { task: down } = await here.post<WishResult>(paths.shutdown)
  await until(
    () => here.task(down!),
    ({ state }) => state === 'done',
  )
  const { task } = await here.post<WishResult>(paths.launch, { guests: ['web'] })
  const first = await here.task(task!)
  assert.deepEqual([first.by, first.said, first.state, first.endedAt], ['ana', 'launch', 'running', null])
  assert.deepEqual(first.subjects, ['dns', 'mail', 'web'])
  const over = await until(
    () => there.task(task!),
    ({ state }) => state === 'done',
  )
  assert.deepEqual(brief(over), ['launch', 'done', 'dns done', 'mail done', 'web done'])
  assert.deepEqual(over.progress, { done: 3, total: 3, bytes: null })
  await until(
    () => there.task(task!),
    ({ endedAt }) => endedAt !== null,
  )
  const ids = (await there.tasks()).map(({ id }) => id)
  assert.deepEqual(ids, [task, down])
})

test('a task outlives the daemon that took it', async (t) => {
  const daemon = new FakeDaemon({ ...chain, web: { ...chain.web, wish: 'stopped' } })
  daemon.world.settle()
  const first = await daemon.api()
  const answer = await first.inject({ method: 'POST', url: paths.guestDo('web', 'launch'), payload: {} })
  const { task } = answer.json() as WishResult
  await first.close()
  const stop = daemon.live()
  t.after(stop)
  const next = await served(t, daemon)
  const over = await until(
    () => next.task(task!),
    (found) => found?.state === 'done',
  )
  assert.equal(over.id, task)
  const written = await until(
    async () => JSON.parse(daemon.store.snapshot(storeKeys.task(task!)).entries[0]!.value) as TaskRecord,
    ({ endedAt }) => endedAt !== null,
  )
  assert.ok(written.steps.every(({ end }) => end?.state === 'done'))
})

test('what has not begun is taken back, and the rest comes to its end', async (t) => {
  const draft = Object.fromEntries(
    Object.entries(chain).map(([id, guest]) => [id, { ...guest, wish: 'stopped' as const }]),
  )
  const daemon = new FakeDaemon(draft)
  daemon.world.settle()
  const { post, task: read } = await served(t, daemon)
  const { task } = await post<WishResult>(paths.launch, { guests: ['web'] })
  daemon.readWishes()
  daemon.world.settle()
  daemon.changed()
  const running = await read(task!)
  assert.deepEqual(brief(running), ['launch', 'running', 'dns running', 'mail waiting', 'web waiting'])
  assert.equal(running.cancellable, true)
  const { task: cancelled } = await post<TaskResult>(paths.taskCancel(task!))
  assert.deepEqual([cancelled.cancelledBy, cancelled.cancellable], ['ana', false])
  assert.deepEqual(
    [daemon.wish('dns').state, daemon.wish('mail').state, daemon.wish('web').state],
    ['running', null, null],
  )
  const stop = daemon.live()
  t.after(stop)
  const over = await until(
    () => read(task!),
    ({ state }) => state !== 'running',
  )
  assert.deepEqual(brief(over), ['launch', 'cancelled', 'dns done', 'mail cancelled', 'web cancelled'])
  assert.equal(over.cancelledBy, 'ana')
})

test('what cannot be taken back is refused with the reason, and so is what is not there', async (t) => {
  const daemon = launchedDaemon()
  const { app, post } = await served(t, daemon)
  const { task } = await post<WishResult>(paths.guestDo('web', 'shutdown'))
  daemon.readWishes()
  daemon.world.settle()
  daemon.changed()
  const refused = await app.inject({ method: 'POST', url: paths.taskCancel(task!), payload: {} })
  assert.deepEqual([refused.statusCode, refused.json().fault.details.why], [409, 'task-under-way'])
  const none = await app.inject({ url: paths.task('nobody-0000') })
  assert.deepEqual([none.statusCode, none.json().fault.code], [404, 'task-unknown'])
})

test('moves are tasks, and one that is only asked about is none', async (t) => {
  const daemon = threeHosts()
  const { post, tasks } = await served(t, daemon)
  const asked = await post<{ task: string | null }>(paths.migrate, { guests: ['web'], to: 'n2', dryRun: true })
  assert.equal(asked.task, null)
  const told = await post<{ task: string | null }>(paths.migrate, { guests: ['web'], to: 'n2' })
  const [task] = await tasks()
  assert.equal(task?.id, told.task)
  assert.deepEqual(brief(task!), ['migrate', 'running', 'web waiting'])
  await post(paths.taskCancel(task!.id))
  assert.deepEqual(daemon.wish('web').move, { to: 'n1', how: 'live' })
})

test('a live move under way tells what it has copied, and is taken back', async (t) => {
  const daemon = threeHosts()
  const { post, task: read } = await served(t, daemon)
  const { task } = await post<{ task: string }>(paths.migrate, { guests: ['web'], to: 'n2' })
  const move = { to: hostId('n2'), how: 'live', cause: 'operator', serial: 1 } as const
  const web = {
    ...{ on: 'n1', spec: { services: ['80/tcp'], needs: ['db:5432/tcp'], tags: ['front'] } },
    ...{ seat: { move, moves: 1, moveSerial: 1 }, moving: { serial: 1, doneBytes: 30, totalBytes: 90 } },
  }
  daemon.becomes({ guests: { web } })
  daemon.changed()
  const going = await read(task)
  assert.deepEqual([brief(going)[2], going.cancellable], ['web running', true])
  assert.deepEqual(
    [going.progress.bytes, going.steps[0]?.bytes],
    [
      { done: 30, total: 90 },
      { done: 30, total: 90 },
    ],
  )
  const { task: cancelled } = await post<TaskResult>(paths.taskCancel(task))
  assert.deepEqual([cancelled.cancelledBy, cancelled.cancellable], ['ana', false])
  assert.equal(daemon.wish('web').moveCancel, 1)
  daemon.becomes({ guests: { web: { ...web, seat: { move: null, moves: 1, moveSerial: 1 } } } })
  daemon.changed()
  const over = await read(task)
  assert.deepEqual(brief(over), ['migrate', 'cancelled', 'web cancelled'])
  assert.equal(over.progress.bytes, null)
})

test('a command that takes no time is no task', async (t) => {
  const { post, tasks } = await served(t, launchedDaemon())
  assert.equal((await post<WishResult>(paths.guestDo('web', 'watch'), { on: false })).task, null)
  assert.equal((await post<WishResult>(paths.launch, { guests: ['dns'] })).task, null)
  assert.deepEqual(await tasks(), [])
})

test('old tasks give way to new ones', async (t) => {
  const daemon = launchedDaemon()
  const { post, tasks } = await served(t, daemon)
  for (let turn = 0; turn < tasksAtMost + 5; turn++) {
    await post(paths.guestDo('lone', turn % 2 === 0 ? 'pause' : 'resume'))
    daemon.readWishes()
  }
  await until(tasks, (all) => all.length === tasksAtMost)
  assert.equal(daemon.store.snapshot(storeKeys.tasks).entries.length, tasksAtMost)
})
