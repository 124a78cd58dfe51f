import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StoreCopy } from '../../src/agent/store-copy.ts'
import { Fault } from '../../src/model/fault.ts'
import type { Clock } from '../../src/ports/clock.ts'
import { silentLog } from '../../src/ports/log.ts'
import type { Entry, Store, StoreListener } from '../../src/ports/store.ts'

/** A store that says what it is told to, and a clock that runs what waits when it is told to. */
function world() {
  const state = { entries: [] as Entry[], lost: false, waiting: [] as (() => void)[], from: 0, stopped: 0 }
  let listener: StoreListener | null = null
  const store: Store = {
    read: async () => {
      if (state.lost) throw new Fault('store-lost', 'not-done', {})
      return { revision: 7, entries: state.entries }
    },
    transact: async () => ({ done: true, revision: 8 }),
    watch: (_prefix, from, given) => {
      ;[state.from, listener] = [from, given]
      return () => {
        state.stopped += 1
      }
    },
    close: async () => {},
  }
  const after = (_ms: number, run: () => void) => {
    state.waiting.push(run)
    return () => {}
  }
  const clock = { after } as unknown as Clock
  const tell = () => listener!
  return { state, ports: { store, clock, log: silentLog }, tell }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const entry = (key: string, value: unknown): Entry => ({ key, value: JSON.stringify(value), revision: 3 })

test('it holds what was read, follows what is written, and tells each time', async () => {
  const { state, ports, tell } = world()
  state.entries = [entry('member/alfa', 1), entry('member-key/alfa', 2)]
  let changes = 0
  const copy = new StoreCopy(ports, 'member', () => {
    changes += 1
  })
  assert.equal(copy.loaded, false)
  await settled()
  assert.deepEqual([copy.loaded, copy.get('member/alfa'), copy.under('member/'), state.from], [true, 1, [1], 7])
  tell().changes([
    { key: 'member/alfa', value: null, revision: 8 },
    { key: 'member/beta', value: '3', revision: 8 },
  ])
  assert.deepEqual([copy.get('member/alfa'), copy.under('member/'), changes], [undefined, [3], 2])
})

test('while the store is away it holds what it had; after a gap it reads anew', async () => {
  const { state, ports, tell } = world()
  state.entries = [entry('member/alfa', 1)]
  const copy = new StoreCopy(ports, 'member')
  await settled()
  state.lost = true
  tell().gap()
  await settled()
  assert.deepEqual([copy.loaded, copy.get('member/alfa'), state.waiting.length], [true, 1, 1])
  Object.assign(state, { lost: false, entries: [entry('member/beta', 2)] })
  state.waiting.pop()?.()
  await settled()
  assert.deepEqual([copy.get('member/alfa'), copy.get('member/beta'), state.stopped], [undefined, 2, 1])
  copy.stop()
  assert.equal(state.stopped, 2)
})
