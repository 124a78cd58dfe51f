import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LeaderState } from '../../src/control/leader-state.ts'
import { Proofs } from '../../src/control/proofs.ts'
import { leaseTimes } from '../../src/core/lease-times.ts'
import { defaultHostMeans, defaultSettings } from '../../src/model/cluster.ts'
import { agentLife, guestId, type HostId, hostId, instant, wallTime } from '../../src/model/ids.ts'
import { firstSeat, type MemberSight } from '../../src/model/member.ts'
import type { GuestRecord, HostRecord } from '../../src/model/record.ts'
import { silentLog } from '../../src/ports/log.ts'
import type { Heard } from '../../src/ports/membership.ts'
import { storeKeys, type Transaction } from '../../src/ports/store.ts'

const [h1, h2, h3] = [hostId('h1'), hostId('h2'), hostId('h3')]
const times = leaseTimes(10_000)

/** Timers fire late, never early. */
const lateMs = 4

test('answers of the others count although the lost host is asked as well, and uses up the time of the asking', async () => {
  const world = lostHost()
  world.proofs.step()
  await world.settled()
  assert.deepEqual(
    world.written.map(({ put }) => put.map(({ key }) => key)),
    [[storeKeys.hostRecord(h2)]],
  )
  const record = JSON.parse(world.written[0]!.put[0]!.value) as HostRecord
  assert.deepEqual(record.loss?.proof, { kind: 'watchdog', renewing: [h1, h3] })
})

test('S5: counted are those whom the lost host names, not those who are members by now', async () => {
  for (const [named, taken] of [
    [[h1, h2, h3], true],
    [[h1, h2], true],
    [[h2, hostId('h4'), hostId('h5')], false],
    [[h1, h2, hostId('h4'), hostId('h5'), hostId('h6')], false],
  ] as const) {
    const world = lostHost(named)
    world.proofs.step()
    await world.settled()
    assert.equal(world.written.length, taken ? 1 : 0, named.join())
  }
})

/** Three members; h2, armed, has been silent for longer than the lease, and a guest belongs to it. */
function lostHost(members?: readonly HostId[]) {
  let now = 100_000
  const sight = (member: HostId, silentMs: number, revision: number): MemberSight => ({
    member,
    kind: 'host',
    alive: {
      ...{ member, life: agentLife(`life-${member}`), bootId: `boot-${member}`, serial: revision, left: false },
      armed: {
        feedMs: times.feedMs,
        timeoutMs: times.watchdogMs,
        marginMs: times.marginMs,
        ...(members && { members }),
      },
    },
    ...{ revision, renewed: true, askedSince: instant(0), heardAt: null },
    unchangedSince: instant(now - silentMs),
  })
  const sights = new Map([
    [h1, sight(h1, 100, 11)],
    [h2, sight(h2, 10_500, 12)],
    [h3, sight(h3, 100, 13)],
  ])
  const guest: GuestRecord = {
    ...{
      guest: guestId('web'),
      owner: h2,
      epoch: 1,
      generation: 1,
      wanted: 'running',
      memoryMib: null,
      seat: firstSeat,
    },
    ...{ tries: 0, relapses: 0, launchSerial: 0, because: { code: 'services-answer' }, phase: { kind: 'ready' } },
    ...{ enteredAt: instant(0), enteredAtWall: wallTime(0) },
  }
  const spec = {
    ...{ version: 1 as const, name: 'lab', guests: [], rules: [], settings: defaultSettings },
    hosts: [h1, h2, h3].map((id) => ({
      ...{ ...defaultHostMeans, id, memoryMib: null, cpus: null, reservedMib: 0, overcommit: 1 },
    })),
  }
  const renewingSince = instant(0)
  const state = {
    cluster: { spec },
    term: { host: h1, life: agentLife('life-h1'), term: 1, revision: 5 },
    ...{ fencing: { hosts: [] }, lacks: new Map(), revisionOf: () => 0 },
    snapshot: () => ({
      ...{ cluster: spec, wishes: new Map(), hostWishes: new Map(), observations: new Map() },
      ...{ records: new Map([[guest.guest, guest]]), hostRecords: new Map() },
      members: { sights, fileRevision: 1, renewingSince, begunAt: instant(0), armed: true, lacks: new Map() },
      ...{ now: instant(now), wall: wallTime(0) },
    }),
  } as unknown as LeaderState
  const askAll = async (timeoutMs: number): Promise<Map<HostId, Heard>> => {
    const askedAt = instant(now)
    now += timeoutMs + lateMs
    const answer = (member: HostId) => ({
      member,
      life: agentLife(`life-${member}`),
      nonce: '',
      statement: 'renews' as const,
    })
    return new Map([h1, h3].map((member) => [member, { answer: answer(member), askedAt }]))
  }
  const written: Transaction[] = []
  const store = {
    read: async (key: string) => ({
      revision: 20,
      entries: [{ key, value: JSON.stringify(sights.get(h2)?.alive), revision: 12 }],
    }),
    transact: async (transaction: Transaction) => {
      written.push(transaction)
      return { done: true as const, revision: 21 }
    },
    watch: () => () => {},
    close: async () => {},
  }
  let settle: () => void = () => {}
  const done = new Promise<void>((resolve) => {
    settle = resolve
  })
  const noFencer = { devices: () => [] }
  const proofs = new Proofs(
    {
      ...{ host: h1, store, log: silentLog },
      clock: { now: () => instant(now), wall: () => wallTime(0), after: () => () => {} },
      history: { append: async () => {} },
    } as unknown as ConstructorParameters<typeof Proofs>[0],
    {
      ...{ life: agentLife('life-h1'), fencer: noFencer },
      membership: { members: () => sights, askAll, renewingSince: () => renewingSince },
    } as unknown as ConstructorParameters<typeof Proofs>[1],
    state,
    () => settle(),
  )
  // What is told of first is what the host lacks; the end of the proof comes after all its steps.
  const settled = async (): Promise<void> => {
    await done
    for (let turn = 0; turn < 20; turn++) await Promise.resolve()
  }
  return { proofs, written, settled }
}
