import assert from 'node:assert/strict'
import { test } from 'node:test'
import { snapshotFrom, snapshotText } from '../../src/core/snapshot-text.ts'
import type { RuleSpec } from '../../src/model/cluster.ts'
import { Fault } from '../../src/model/fault.ts'
import { guestId } from '../../src/model/ids.ts'
import { type LiveLoss, loseLive } from '../../src/sim/live.ts'
import { type WideDraft, wideCluster } from '../core/wide.ts'

const three = { n1: {}, n2: {}, n3: {} }
const web = { on: 'n3', spec: { services: ['80/tcp'], needs: ['db:5432/tcp'] } }
const db = { on: 'n3', spec: { services: ['5432/tcp'] } }
const far = { on: 'n1', spec: { services: ['22/tcp'] } }

async function lose(draft: WideDraft, ...hosts: string[]): Promise<LiveLoss> {
  return loseLive(wideCluster(draft).snapshot, hosts, { seed: 1 })
}

/** `web n3 > n1`, or `web n3 waiting no-place`. */
function told({ guests }: LiveLoss): string[] {
  return guests.map(({ guest, from, to, state, readyMs, because }) =>
    readyMs === null ? `${guest} ${from} ${state} ${because.code}` : `${guest} ${from} > ${to}`,
  )
}

test('the guests of a lost host start elsewhere, in the order of their needs, once it is proven dead', async () => {
  const loss = await lose({ hosts: three, guests: { web, db, far } }, 'n3')
  assert.deepEqual(
    told(loss).map((line) => line.split(' ')[0]),
    ['db', 'web'],
  )
  assert.ok(loss.guests.every(({ from, to }) => from === 'n3' && (to === 'n1' || to === 'n2')))
  assert.deepEqual(loss.untouched, ['far'])
  const words = loss.events.map(({ word, guest }) => `${word} ${guest ?? ''}`.trim())
  assert.ok(words.indexOf('proven') < words.indexOf('recover db'), words.join(', '))
  assert.ok(words.indexOf('ready db') < words.indexOf('start web'), words.join(', '))
  // The lease, a proof, a boot and its services; twice.
  assert.ok(loss.guests[1]!.readyMs! > 30_000 && loss.guests[1]!.readyMs! < 60_000)
})

test('who finds no place waits, and says why of each host', async () => {
  const rules: RuleSpec[] = [{ kind: 'apart', guests: ['web', 'far', 'mail'].map(guestId), strict: true }]
  const guests = { web: { on: 'n3' }, far: { on: 'n1' }, mail: { on: 'n2' } }
  const loss = await lose({ hosts: three, guests, over: { rules } }, 'n3')
  assert.deepEqual(told(loss), ['web n3 waiting no-place'])
})

test('without watchdog and device nothing proves the host dead: its guests wait for an oath', async () => {
  const loss = await lose({ hosts: { ...three, n3: { armed: null } }, guests: { web: { on: 'n3' } } }, 'n3')
  assert.deepEqual(told(loss), ['web n3 waiting host-silent'])
})

test('two of three at once: no majority is left, nothing is decided, and the watchdog of the third takes its power', async () => {
  const loss = await lose({ hosts: three, guests: { web: { on: 'n3' }, far } }, 'n2', 'n3')
  assert.equal(loss.quorum, false)
  assert.deepEqual(
    loss.events.map(({ word, host }) => `${word} ${host}`),
    ['fenced n1'],
  )
  assert.deepEqual(loss.guests.map(({ guest, from, readyMs }) => [guest, from, readyMs]).sort(), [
    ['far', 'n1', null],
    ['web', 'n3', null],
  ])
  assert.deepEqual(loss.untouched, [])
})

test('a host that is left without a majority and has no watchdog goes on', async () => {
  const unarmed = { n1: { armed: null }, n2: {}, n3: {} }
  const loss = await lose({ hosts: unarmed, guests: { web: { on: 'n3' }, far } }, 'n2', 'n3')
  assert.deepEqual(loss.untouched, ['far'])
})

test('what is not running now stays down, and a snapshot that was written down plays the same', async () => {
  const guests = {
    web: { on: 'n3' },
    bad: { on: 'n3', run: 'stopped', phase: { kind: 'failed' } },
    off: { on: 'n1', run: 'stopped', spec: { wish: 'stopped' }, phase: { kind: 'stopped' } },
  } as const
  const { snapshot } = wideCluster({ hosts: three, guests })
  const loss = await loseLive(snapshot, ['n3'], { seed: 3 })
  assert.deepEqual(
    loss.guests.map(({ guest }) => guest),
    ['web'],
  )
  assert.deepEqual(await loseLive(snapshotFrom(snapshotText(snapshot))!, ['n3'], { seed: 3 }), loss)
})

test('a standby that stands in goes on doing so, wherever it is started', async () => {
  const services = ['5432/tcp']
  const guests = {
    db: { on: 'n1', run: 'stopped', phase: { kind: 'failed' }, spec: { services, standby: guestId('spare') } },
    spare: { on: 'n3', spec: { services } },
    web: { on: 'n2', spec: { needs: ['db:5432/tcp'] } },
  } as const
  const { snapshot } = wideCluster({ hosts: three, guests } as unknown as WideDraft)
  const first = { ...snapshot.records.get(guestId('db'))!, replacedBy: guestId('spare') }
  const records = new Map([...snapshot.records, [first.guest, first]])
  const loss = await loseLive({ ...snapshot, records }, ['n3'], { seed: 1 })
  assert.deepEqual(loss.guests.map(({ guest, state }) => `${guest} ${state}`).sort(), ['spare running', 'web running'])
  const words = loss.events.map(({ word, guest }) => `${word} ${guest ?? ''}`.trim())
  assert.ok(words.indexOf('ready spare') < words.indexOf('resume web'), words.join(', '))
})

test('a host that is none of the cluster is refused, with the nearest name', async () => {
  await assert.rejects(lose({ hosts: three, guests: {} }, 'n33'), (error: unknown) => {
    assert.ok(error instanceof Fault)
    assert.deepEqual([error.code, error.details], ['host-unknown', { host: 'n33', nearest: 'n3' }])
    return true
  })
})
