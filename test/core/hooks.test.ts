import assert from 'node:assert/strict'
import { test } from 'node:test'
import { afterCall, maxPending, nextHooks, noHooks } from '../../src/core/hooks.ts'
import type { HookRecord } from '../../src/model/hook.ts'
import { n2, Several } from './several.ts'

const settings = { hook: '/etc/vigia/hook' }

/** A host with a guest that another could take, and one that none could. */
const world = () =>
  new Several({ web: {}, big: { host: n2 } }, { settings })
    .see('web', 'n2', 'running')
    .see('big', 'n2', 'running')
    .play()

/** As the leader does it: what is pending is told, until nothing is. */
function told(of: Several, record: HookRecord = noHooks): { readonly ids: string[]; readonly record: HookRecord } {
  const ids: string[] = []
  let now = nextHooks(of.snapshot(), record)
  for (let call = now.pending[0]; call !== undefined; call = now.pending[0]) {
    ids.push(call.id)
    now = nextHooks(of.snapshot(), afterCall(now, call.id))
  }
  return { ids, record: now }
}

test('nothing is told while all is well, and nothing at all where no program is named', () => {
  const well = world()
  assert.equal(nextHooks(well.snapshot(), noHooks), noHooks)
  const nobody = new Several({ web: {} }).see('web', 'n2', 'running').play().lose('n2').play()
  assert.equal(nextHooks(nobody.snapshot(), noHooks), noHooks)
})

test('a guest whose host is silent waits; the host is proven dead; the guest is another host’s', () => {
  const lost = world().silent('n2', 10_001).settle()
  const first = told(lost)
  assert.deepEqual(first.ids, ['waiting big host-silent', 'waiting web host-silent'])
  lost.lose('n2').play()
  const second = told(lost, first.record)
  assert.deepEqual(second.ids, ['fence n2 100', 'failover big n2 100', 'failover web n2 100'])
  assert.deepEqual(told(lost, second.record).ids, [], 'each once')
  lost.after(600_000, ['n2']).play()
  assert.deepEqual(told(lost, second.record).ids, [], 'however long it lasts')
})

test('moved on later it is no second failover; lost again it is', () => {
  const lost = world().lose('n2').play()
  const { record } = told(lost)
  const place = lost.record('web').owner!
  lost.migrate('web', place === 'n1' ? 'n3' : 'n1', 'cold').play()
  assert.notEqual(lost.record('web').owner, place)
  assert.deepEqual(told(lost, record).ids, [])
  lost.back('n2', 'boot-2').play()
  const back = told(lost, record)
  assert.deepEqual(back.ids, [])
  lost.lose(lost.record('web').owner!).play()
  assert.equal(told(lost, back.record).ids.filter((id) => id.startsWith('failover web')).length, 1)
})

test('a leader that dies before the call was written down leaves it to the next one', () => {
  const lost = world().lose('n2').play()
  const pending = nextHooks(lost.snapshot(), noHooks)
  // Another reads what stands in the store, after the host is back: the call is made all the same.
  lost.back('n2', 'boot-2').play()
  assert.deepEqual(
    told(lost, pending).ids,
    pending.pending.map(({ id }) => id),
  )
})

test('a program that always hangs does not fill the store', () => {
  const lost = world().lose('n2').play()
  const many = Array.from({ length: maxPending }, (_, n) => ({
    ...{ id: `waiting g${n} no-place`, event: 'fence', host: n2, proof: 'sworn', at: 0 },
  }))
  const next = nextHooks(lost.snapshot(), { told: [], pending: many as never })
  assert.equal(next.pending.length, maxPending)
  assert.equal(next.pending.at(-1)?.id, 'failover web n2 100', 'the newest are kept')
})
