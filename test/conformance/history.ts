import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EventWord, HistoryEvent, StoredEvent } from '../../src/model/event.ts'
import { Fault } from '../../src/model/fault.ts'
import { guestId, hostId, serviceKey, wallTime } from '../../src/model/ids.ts'
import type { History, OwnEvents } from '../../src/ports/history.ts'

export interface HistoryUnderTest {
  readonly history: History
  /** Resolves when every subscriber has been told what was appended before. */
  settle(): Promise<void>
  close(): Promise<void>
}

export function event(at: number, guest: string | null = 'web', word: EventWord = 'start'): HistoryEvent {
  return {
    at: wallTime(at),
    host: hostId('host'),
    actor: 'leader',
    word,
    guest: guest === null ? null : guestId(guest),
    service: null,
    because: null,
    fault: null,
    note: null,
  }
}

type Claim = (text: string, run: (under: HistoryUnderTest) => Promise<void>) => void

const all = { limit: 10_000 }
const times = (events: readonly StoredEvent[]): readonly number[] => events.map(({ at }) => at)

/** What every `History` keeps, whatever it is made of. */
export function historyConformance(name: string, make: () => Promise<HistoryUnderTest>): void {
  const claim: Claim = (text, run) => {
    test(`${name}: ${text}`, async () => {
      const under = await make()
      try {
        await run(under)
      } finally {
        await under.close()
      }
    })
  }
  appends(claim)
  queries(claim)
  pruning(claim)
  copies(claim)
  subscriptions(claim)
}

function appends(claim: Claim): void {
  claim('an event comes back as it was', async ({ history }) => {
    const plain = event(1000)
    const full: HistoryEvent = {
      ...event(1001, 'db', 'fault'),
      actor: 'agent',
      service: serviceKey('22/tcp'),
      because: { code: 'needs-lost', needs: [{ text: 'ção:53/udp 😀', guest: guestId('dns'), state: 'refused' }] },
      fault: {
        code: 'disk-full',
        outcome: 'not-done',
        details: { path: "/tmp/'%_\u0000", free: 0, names: ['a', 'b'] },
      },
      note: 'said by João: \u202e"\n',
    }
    const host = event(1002, null, 'daemon-started')
    await history.append([plain, full])
    await history.append([host])
    assert.deepEqual(await history.query(all), [
      { ...plain, id: 1 },
      { ...full, id: 2 },
      { ...host, id: 3 },
    ])
  })

  claim('ids grow by one in the order of append, over many calls', async ({ history }) => {
    await Promise.all(Array.from({ length: 100 }, (_, place) => history.append([event(place), event(place)])))
    const events = await history.query(all)
    assert.deepEqual(
      events.map(({ id }) => id),
      Array.from({ length: 200 }, (_, place) => place + 1),
    )
    assert.deepEqual(
      times(events),
      Array.from({ length: 200 }, (_, place) => Math.floor(place / 2)),
    )
  })

  claim('appending nothing is nothing', async ({ history }) => {
    await history.append([])
    assert.deepEqual(await history.query(all), [])
  })
}

function queries(claim: Claim): void {
  claim('by guest, by time, by word, by id, newest first, and together', async ({ history }) => {
    const words: readonly EventWord[] = ['start', 'ready', 'failed']
    const given = Array.from({ length: 60 }, (_, place) =>
      event(1000 + place, place % 4 === 0 ? null : `guest-${place % 4}`, words[place % 3] ?? 'stop'),
    )
    await history.append(given)
    const stored = await history.query(all)
    const guest = 'guest-1'
    const expected = (keep: (event: StoredEvent) => boolean): readonly StoredEvent[] => stored.filter(keep)
    assert.equal(stored.length, 60)
    assert.deepEqual(
      await history.query({ ...all, guest }),
      expected((each) => each.guest === guest),
    )
    assert.deepEqual(times(await history.query({ ...all, fromMs: 1010, untilMs: 1013 })), [1010, 1011, 1012])
    assert.deepEqual(
      await history.query({ ...all, words: ['ready', 'failed'] }),
      expected((each) => each.word !== 'start'),
    )
    assert.deepEqual(await history.query({ ...all, words: [] }), [])
    assert.deepEqual(
      await history.query({ ...all, afterId: 57 }),
      expected((each) => each.id > 57),
    )
    assert.deepEqual(await history.query({ limit: 3, newestFirst: true }), [...stored].reverse().slice(0, 3))
    assert.deepEqual(
      await history.query({
        guest,
        fromMs: 1005,
        untilMs: 1050,
        afterId: 7,
        words: ['ready'],
        newestFirst: true,
        limit: 2,
      }),
      expected(
        (each) => each.guest === guest && each.at >= 1005 && each.at < 1050 && each.id > 7 && each.word === 'ready',
      )
        .toReversed()
        .slice(0, 2),
    )
    assert.deepEqual(await history.query({ limit: 0 }), [])
    assert.deepEqual(await history.query({ ...all, guest: 'guest_1' }), [])
  })

  claim('pages by the last id give each event once', async ({ history }) => {
    await history.append(Array.from({ length: 95 }, (_, place) => event(place)))
    const ids: number[] = []
    for (let page = 0; page < 10; page++) {
      const events = await history.query({ afterId: ids.at(-1) ?? 0, limit: 10 })
      ids.push(...events.map(({ id }) => id))
    }
    assert.deepEqual(
      ids,
      Array.from({ length: 95 }, (_, place) => place + 1),
    )
  })

  claim('a wall clock set back does not change the order of what happened', async ({ history }) => {
    await history.append([event(5000), event(9000), event(1000), event(1001), event(6000)])
    assert.deepEqual(times(await history.query(all)), [5000, 9000, 1000, 1001, 6000])
    assert.deepEqual(times(await history.query({ ...all, fromMs: 1001, untilMs: 6001 })), [5000, 1001, 6000])
  })

  claim('a limit above 10 000 is refused', async ({ history }) => {
    await assert.rejects(history.query({ limit: 10_001 }), (fault: unknown) => {
      assert.ok(fault instanceof Fault)
      return fault.code === 'limit-reached' && fault.outcome === 'not-done'
    })
  })

  claim('over many events each filter finds the same as looking at all of them', async ({ history }) => {
    const given = Array.from({ length: 9_500 }, (_, place) =>
      // The clock is set back once, in the middle.
      event(place < 5000 ? 100_000 + place : place, `guest-${place % 7}`, place % 1000 === 0 ? 'failed' : 'answers'),
    )
    await history.append(given)
    const stored = await history.query(all)
    const guest = 'guest-3'
    for (const newestFirst of [false, true]) {
      const order = (events: readonly StoredEvent[]) => (newestFirst ? events.toReversed() : events)
      const rare = await history.query({ ...all, words: ['failed'], newestFirst })
      assert.deepEqual(rare, order(stored.filter(({ word }) => word === 'failed')))
      const between = await history.query({ ...all, guest, fromMs: 4_000, untilMs: 102_000, newestFirst })
      const wanted = stored.filter((each) => each.guest === guest && each.at >= 4_000 && each.at < 102_000)
      assert.deepEqual(between, order(wanted))
      assert.deepEqual(
        await history.query({ guest, newestFirst, limit: 100 }),
        order(stored.filter((each) => each.guest === guest)).slice(0, 100),
      )
    }
  })
}

function pruning(claim: Claim): void {
  claim('events older than a time are removed, wherever they stand', async ({ history }) => {
    await history.append([event(10), event(20), event(5), event(30)])
    assert.equal(await history.prune(20, 1000), 2)
    assert.deepEqual(times(await history.query(all)), [20, 30])
    assert.equal(await history.prune(20, 1000), 0)
  })

  claim('the oldest beyond the number to keep are removed', async ({ history }) => {
    await history.append(Array.from({ length: 9_000 }, (_, place) => event(place)))
    assert.equal(await history.prune(0, 3), 8_997)
    assert.deepEqual(times(await history.query(all)), [8_997, 8_998, 8_999])
  })

  claim('ids are never used again', async ({ history }) => {
    await history.append([event(1), event(2)])
    assert.equal(await history.prune(0, 0), 2)
    await history.append([event(3)])
    assert.deepEqual(await history.query(all), [{ ...event(3), id: 3 }])
  })
}

function copies(claim: Claim): void {
  const origin = hostId('beta')
  const of = (file: string, ...ids: readonly number[]): OwnEvents => ({
    file,
    events: ids.map((id) => ({ ...event(id * 10), host: origin, id })),
  })

  claim('copies of another host come once, in between, and are not taken for its own', async ({ history }) => {
    await history.append([event(1), event(2)])
    assert.equal(await history.copy(origin, of('one')), 0)
    assert.equal(await history.copy(origin, of('one', 4, 7)), 7)
    await history.append([event(3)])
    assert.equal(await history.copy(origin, of('one', 4, 7, 8)), 8)
    assert.equal(await history.copy(origin, of('one')), 8)
    const events = await history.query(all)
    assert.deepEqual(
      events.map(({ id, at, host }) => [id, at, host]),
      [
        [1, 1, 'host'],
        [2, 2, 'host'],
        [3, 40, 'beta'],
        [4, 70, 'beta'],
        [5, 3, 'host'],
        [6, 80, 'beta'],
      ],
    )
    const own = await history.own(0, 10)
    assert.deepEqual(times(own.events), [1, 2, 3])
    const { file, events: later } = await history.own(1, 1)
    assert.deepEqual([file, times(later)], [own.file, [2]])
  })

  claim(
    'a history made anew is copied from its beginning; what was pruned does not come again',
    async ({ history }) => {
      await history.copy(origin, of('one', 1, 2))
      await history.copy(hostId('gamma'), of('three', 5))
      assert.equal(await history.prune(1000, 0), 3)
      assert.equal(await history.copy(origin, of('one', 1, 2)), 2)
      assert.equal(await history.copy(origin, of('two')), 0)
      assert.equal(await history.copy(origin, of('two', 1)), 1)
      assert.equal(await history.copy(hostId('gamma'), of('three', 5)), 5)
      assert.deepEqual(times(await history.query(all)), [10])
    },
  )
}

function subscriptions(claim: Claim): void {
  claim('a subscriber hears of copies under the ids of this history', async ({ history, settle }) => {
    const heard: StoredEvent[] = []
    history.subscribe((events) => void heard.push(...events))
    await history.append([event(1)])
    const copy = { ...event(9), host: hostId('beta'), id: 70 }
    await history.copy(hostId('beta'), { file: 'one', events: [copy] })
    await history.copy(hostId('beta'), { file: 'one', events: [copy] })
    await settle()
    assert.deepEqual(heard, await history.query(all))
    assert.deepEqual(times(heard), [1, 9])
  })

  claim('a subscriber hears each event once, stored, in order', async ({ history, settle }) => {
    const heard: StoredEvent[] = []
    const stop = history.subscribe((events) => void heard.push(...events))
    await Promise.all([history.append([event(1), event(2)]), history.append([event(3)])])
    await history.append([event(4)])
    await settle()
    assert.deepEqual(heard, await history.query(all))
    stop()
    await history.append([event(5)])
    await settle()
    assert.equal(heard.length, 4)
  })
}
