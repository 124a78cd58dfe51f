import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type GuestOwners, isOrderedHere, stepByOwners } from '../../src/core/owners.ts'
import type { Assignment } from '../../src/model/assignment.ts'
import { guestId, hostId } from '../../src/model/ids.ts'
import type { PauseCause, RunState } from '../../src/model/observation.ts'

const [h1, h2, h3] = [hostId('h1'), hostId('h2'), hostId('h3')]

const named: GuestOwners = { owner: h1, to: null, generation: 3, ignored: false, lookAgain: null, broken: false }
const away = { owner: h2 }
const brokenMove = { to: h2, broken: true }

const order = (wanted: Assignment['wanted'], more: Partial<Assignment> = {}): Assignment => ({
  ...{ guest: guestId('a'), host: h1, wanted, epoch: 1, generation: 3, memoryMib: null },
  ...{ because: { code: 'wish-running' as const }, ...more },
})

function step(
  owners: Partial<GuestOwners> | null,
  run: RunState,
  pauseCause: PauseCause | null = null,
  { host = h1, order: given = null as Assignment | null } = {},
) {
  const record = owners === null ? null : { ...named, ...owners }
  return stepByOwners(record, host, { run, pauseCause }, given)?.kind ?? null
}

const stop = { order: order('stopped') }
const moving = order('stopped', { move: { to: h2, how: 'live', cause: 'operator', serial: 1 } })

const table: [string, ReturnType<typeof step>, ReturnType<typeof step>][] = [
  ['S13: it runs here and belongs elsewhere', step(away, 'running'), 'expel'],
  ['S13: paused is up as well', step(away, 'paused'), 'expel'],
  ['S13: what is down does no harm', step(away, 'stopped'), null],
  ['S7: unknown is not running', step(away, 'unknown'), null],
  ['its own host', step({}, 'running'), null],
  ['S8: on its way here', step({ owner: h2, to: h1 }, 'running'), null],
  ['S8: on its way, and this is neither host', step({ owner: h2, to: h3 }, 'running'), 'expel'],
  ['no record says nothing', step(null, 'running'), null],
  ['a record that names nobody says nothing', step({ owner: null }, 'running'), null],
  ['one that is ignored is let alone', step({ ...away, ignored: true }, 'running'), null],

  ['S8: the half that a broken move left', step(brokenMove, 'paused', 'post-copy-broken'), 'discard'],
  ['S8: the half that waits for memory over there', step(brokenMove, 'paused', 'migration', { host: h2 }), 'discard'],
  ['S8: where it came from it may be paused for its last copy', step(brokenMove, 'paused', 'migration'), null],
  ['S8: one that runs is whole', step(brokenMove, 'running'), null],
  ['S8: one that somebody paused is whole', step(brokenMove, 'paused', 'asked'), null],
  ['S8: an ignored half stays', step({ ...brokenMove, ignored: true }, 'paused', 'post-copy-broken'), 'nothing'],
  ['S13 comes first', step({ owner: h2, to: h3, broken: true }, 'paused', 'post-copy-broken'), 'expel'],

  ['a broken one that the leader knows nothing of yet: rest', step({}, 'paused', 'post-copy-broken'), 'nothing'],
  [
    'a broken one is not resumed',
    step({}, 'paused', 'post-copy-broken', { order: order('running', { generation: 4 }) }),
    'nothing',
  ],
  ['a broken one that shall stop has nothing to ask', step({}, 'paused', 'post-copy-broken', stop), 'destroy'],
  ['not while it is moved', step({}, 'paused', 'post-copy-broken', { order: moving }), 'nothing'],
  ['one host alone keeps a broken one as well', step(null, 'paused', 'post-copy-broken'), 'nothing'],
  ['paused otherwise: the order counts', step({}, 'paused', 'io-error', stop), null],
]

for (const [name, got, expected] of table) test(name, () => assert.equal(got, expected))

test('S1: a start is this host’s only where both the host and the generation are those of the record', () => {
  assert.equal(isOrderedHere(named, h1, 3), true)
  assert.equal(isOrderedHere(named, h1, 2), false)
  assert.equal(isOrderedHere(named, h2, 3), false)
  assert.equal(isOrderedHere({ ...named, owner: null }, h1, 3), false)
  assert.equal(isOrderedHere(null, h1, 3), false)
})
