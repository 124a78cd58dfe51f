import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { createDrillFeed } from '../../src/api/drill-feed.ts'
import type { EventSink } from '../../src/api/event-sink.ts'
import { StoredDrills } from '../../src/control/drills/stored-drills.ts'
import { drillId, noDeeds, type RunningDrill } from '../../src/model/drill.ts'
import { Fault } from '../../src/model/fault.ts'
import { hostId, wallTime } from '../../src/model/ids.ts'
import { FakeStore } from '../../src/sim/fakes/fake-store.ts'
import { plan, view } from '../core/drills/world.ts'
import { SteppingClock } from '../sim/fakes/stepping-clock.ts'

const drill: RunningDrill = {
  ...{ id: drillId('d1'), plan: { ...plan, runs: 2 }, by: 'ana', at: wallTime(0), host: hostId('h1'), life: 'one' },
  ...{ before: view, deeds: noDeeds, doing: 'resting', runs: [] },
}

class Listener implements EventSink {
  readonly said: string[] = []
  full = false
  #closers: (() => void)[] = []
  #drain = (): void => {}
  send(): void {}
  write(bytes: Buffer): void {
    const data = /^data: (.*)$/m.exec(bytes.toString())?.[1] ?? ''
    const { running } = JSON.parse(data) as { running: { doing: string; done: number; of: number } | null }
    this.said.push(running === null ? 'none' : `${running.doing} ${running.done}/${running.of}`)
  }
  isFull = (): boolean => this.full
  onDrain(listener: () => void): void {
    this.#drain = listener
  }
  onClose(listener: () => void): void {
    this.#closers.push(listener)
  }
  close(): void {
    for (const closer of this.#closers) closer()
  }
  drain(): void {
    this.full = false
    this.#drain()
  }
}

function stage() {
  const clock = new SteppingClock()
  const fake = new FakeStore(clock)
  let away = false
  const store = fake.connect({ fail: () => (away ? new Fault('store-lost', 'not-done') : null) })
  const feed = createDrillFeed({ store, clock })
  const passed = (ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve))
  const isAway = (value: boolean): void => {
    away = value
  }
  return { feed, passed, isAway, drills: new StoredDrills(fake.connect()) }
}

test('a stream begins with the drill under way, and is told each change on whichever host it runs', async () => {
  const { feed, drills, passed } = stage()
  const [first, second] = [new Listener(), new Listener()]
  feed.join(first)
  await passed(1_000)
  const held = await drills.begin(drill)
  await passed(1_000)
  feed.join(second)
  const measuring = await drills.keep(held!, { ...drill, doing: 'measuring' })
  await passed(1_000)
  await drills.finish(measuring!, { ...drill, endedAt: wallTime(1), stopped: null, restore: { kind: 'restored' } })
  await passed(1_000)
  assert.deepEqual(first.said, ['none', 'resting 0/2', 'measuring 0/2', 'none'])
  assert.deepEqual(second.said, ['resting 0/2', 'measuring 0/2', 'none'])
})

test('whoever reads slowly gets the newest; a closed stream gets nothing more', async () => {
  const { feed, drills, passed } = stage()
  const [slow, gone] = [new Listener(), new Listener()]
  feed.join(slow)
  feed.join(gone)
  await passed(1_000)
  slow.full = true
  gone.close()
  const held = await drills.begin(drill)
  await drills.keep(held!, { ...drill, doing: 'measuring' })
  await passed(1_000)
  slow.drain()
  assert.deepEqual(slow.said, ['none', 'measuring 0/2'])
  assert.deepEqual(gone.said, ['none'])
})

test('a store that is away is asked again', async () => {
  const { feed, drills, passed, isAway } = stage()
  const listener = new Listener()
  isAway(true)
  feed.join(listener)
  await passed(1_000)
  await setImmediate()
  assert.deepEqual(listener.said, [])
  await drills.begin(drill)
  isAway(false)
  await passed(10_000)
  assert.deepEqual(listener.said, ['resting 0/2'])
})
