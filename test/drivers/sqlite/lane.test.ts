import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Lane } from '../../../src/drivers/sqlite/lane.ts'
import { Fault } from '../../../src/model/fault.ts'

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

function make(batchRequests = 3) {
  const posted: (readonly string[])[] = []
  const answered: string[] = []
  const lane = new Lane<string, string>({
    path: '/state/store.db',
    batchRequests,
    post: (requests) => void posted.push(requests),
    answered: (request, answer) => void answered.push(`${request}=${answer}`),
    lostOutcome: (request) => (request.startsWith('read') ? 'not-done' : 'unknown'),
    answerLimitMs: 1000,
  })
  lane.opened()
  const results: string[] = []
  const call = (request: string, bytes = 0): void => {
    lane.call(request, bytes).then(
      (answer) => results.push(`${request}: ${answer}`),
      (fault: unknown) =>
        results.push(`${request}: ${fault instanceof Fault ? `${fault.code} ${fault.outcome}` : fault}`),
    )
  }
  return { lane, posted, answered, results, call }
}

test('what is asked together travels together; what comes while a batch is under way goes in the next', async () => {
  const { lane, posted, answered, results, call } = make()
  call('a')
  call('b')
  await tick()
  for (const request of ['c', 'd', 'e', 'f']) call(request)
  await tick()
  assert.deepEqual(posted, [['a', 'b']])
  lane.receive([{ answer: '1' }, { fault: { code: 'disk-full', outcome: 'not-done', details: {} } }])
  await tick()
  assert.deepEqual(posted.slice(1), [['c', 'd', 'e']])
  assert.deepEqual([answered, results], [['a=1'], ['a: 1', 'b: disk-full not-done']])
  lane.lost('gone')
})

test('a queue that is full refuses at once, by number and by size', async () => {
  const { lane, results, call } = make()
  call('first', 100 * 1024 * 1024)
  call('second', 1)
  await tick()
  assert.deepEqual(results, ['second: store-busy not-done'])
  for (let count = 0; count < 2000; count++) call('filling')
  call('last')
  await tick()
  assert.deepEqual(results.slice(1), ['last: store-busy not-done'])
  lane.lost('gone')
})

test('when the worker is gone, what was sent is lost and what waits goes to the next worker', async () => {
  const { lane, posted, results, call } = make(2)
  for (const request of ['read', 'write', 'waiting']) call(request)
  await tick()
  lane.lost('gone')
  await tick()
  assert.deepEqual(results, ['read: store-lost not-done', 'write: store-lost unknown'])
  assert.equal(posted.length, 1)
  lane.opened()
  await tick()
  assert.deepEqual(posted[1], ['waiting'])
  lane.lost('gone')
})

test('a disk that does not answer in time: unknown for what was sent, busy for the rest, well again with the late answer', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] })
  const { lane, answered, results, call } = make(1)
  call('write')
  call('waiting')
  await tick()
  context.mock.timers.tick(1000)
  call('later')
  await tick()
  assert.deepEqual(results.sort(), [
    'later: store-busy not-done',
    'waiting: store-busy not-done',
    'write: store-lost unknown',
  ])
  lane.receive([{ answer: 'late' }])
  assert.deepEqual(answered, ['write=late'])
  call('again')
  await tick()
  lane.receive([{ answer: 'well' }])
  await tick()
  assert.equal(results.at(-1), 'again: well')
})

test('drain waits for what was given and refuses more', async () => {
  const { lane, results, call } = make()
  call('a')
  let drained = false
  void lane.drain().then(() => {
    drained = true
  })
  call('b')
  await tick()
  assert.deepEqual([drained, results], [false, ['b: store-lost not-done']])
  lane.receive([{ answer: '1' }])
  await tick()
  assert.deepEqual([drained, results.at(-1)], [true, 'a: 1'])
})
