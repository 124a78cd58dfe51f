import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createWhatIf } from '../../src/bin/what-if.ts'
import { Fault } from '../../src/model/fault.ts'
import { loseLive } from '../../src/sim/live.ts'
import { goodWatchdog, type WideDraft, wideCluster } from '../core/wide.ts'
import { until } from '../until.ts'

const draft: WideDraft = {
  hosts: { n1: { armed: goodWatchdog }, n2: { armed: goodWatchdog }, n3: { armed: goodWatchdog } },
  guests: { db: { on: 'n1', spec: { services: ['5432/tcp'] } }, web: { on: 'n3', spec: { needs: ['db:5432/tcp'] } } },
}
const { snapshot } = wideCluster(draft)

/** Those of other tests in this process are none of ours. */
const threadsOf = () => process.getActiveResourcesInfo().filter((kind) => kind === 'MessagePort').length

const codeOf = (error: unknown): string => (error as Fault).code

test('it answers as the simulator does, and the thread is gone afterwards', async () => {
  const others = threadsOf()
  const whatIf = createWhatIf()
  const loss = await whatIf(snapshot, ['n1'])
  assert.deepEqual(loss, JSON.parse(JSON.stringify(await loseLive(snapshot, ['n1'], { seed: 1 }))))
  const [db] = loss.guests
  assert.equal(db?.guest, 'db')
  assert.notEqual(db?.to, null)
  await until(() => threadsOf() <= others, 'the thread is gone')
})

test('one is played at a time', async () => {
  const whatIf = createWhatIf()
  const first = whatIf(snapshot, ['n1'])
  await assert.rejects(whatIf(snapshot, ['n2']), (error) => codeOf(error) === 'daemon-busy')
  await first
  assert.deepEqual((await whatIf(snapshot, ['n3'])).lost, ['n3'])
})

test('a play that takes too long is ended, and the next one is taken', async () => {
  const whatIf = createWhatIf(1)
  await assert.rejects(whatIf(snapshot, ['n1']), (error) => codeOf(error) === 'timeout')
  await assert.rejects(whatIf(snapshot, ['n1']), (error) => codeOf(error) === 'timeout')
})

test('what the simulator refuses is refused here', async () => {
  const whatIf = createWhatIf()
  await assert.rejects(whatIf(snapshot, ['n9']), (error) => error instanceof Fault && error.details.nearest === 'n1')
  const alone = { ...snapshot, members: null }
  await assert.rejects(whatIf(alone, ['n1']), (error) => codeOf(error) === 'needs-several-hosts')
})
