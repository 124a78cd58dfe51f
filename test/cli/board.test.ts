import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type BoardPicture, boardLines } from '../../src/cli/board.ts'
import { remainingMs } from '../../src/cli/estimate.ts'
import { goalState, withProgress } from '../../src/cli/goal.ts'
import { bare, createPaint, cut, widthOf } from '../../src/cli/paint.ts'
import { table } from '../../src/cli/table.ts'
import type { GuestSummary, StatusView } from '../../src/contract/status.ts'
import type { Phase } from '../../src/model/phase.ts'
import { csv } from '../../src/text/csv.ts'
import { createText } from '../../src/text/text.ts'

const plain = createPaint(false)
const text = createText('en')

function guest(id: string, phase: Phase, more: Partial<GuestSummary> = {}): GuestSummary {
  return {
    id,
    state: 'running',
    phase,
    run: 'running',
    host: 'h1',
    because: { code: 'wish-running' },
    needs: [],
    services: [],
    memory: { givenMib: null, usedMib: null, maxMib: null, wishedMib: null },
    address: null,
    since: 0,
    retryInMs: null,
    wave: 1,
    tags: [],
    wish: 'running',
    watch: true,
    pausedByHand: false,
    startAtBoot: true,
    priority: 0,
    commanded: false,
    tries: 0,
    expectedMs: null,
    ...more,
  }
}

const needs = (...guests: string[]): Partial<GuestSummary> => ({
  needs: guests.map((id) => ({ text: id, guest: id, onLoss: 'pause', state: 'not-running' as const })),
})

const view = (...guests: GuestSummary[]): StatusView => ({
  schemaVersion: 1,
  version: 'x',
  at: 0,
  cluster: 'test',
  hosts: [],
  guests,
})

const ready: Phase = { kind: 'ready' }
const waiting: Phase = { kind: 'waiting', notBefore: null }
const starting: Phase = { kind: 'starting', resumed: false }
const failed: Phase = { kind: 'failed' }

function picture(guests: readonly GuestSummary[], more: Partial<BoardPicture> = {}): BoardPicture {
  const goal = { verb: 'launch' as const, guests: guests.map(({ id }) => id) }
  const shown = view(...guests)
  const state = goalState(goal, shown)
  return { goal, state, view: shown, elapsedMs: 20_000, wall: 20_000, took: new Map(), columns: 80, rows: 24, ...more }
}

test('the board: waves, phases, what is waited for, elapsed and expected time, a bar', () => {
  const lines = boardLines(
    picture(
      [
        guest('dns', ready, { expectedMs: 10_000 }),
        guest('mail', starting, { wave: 2, expectedMs: 30_000, since: 8_000 }),
        guest('web', waiting, {
          wave: 3,
          expectedMs: 5_000,
          ...needs('mail'),
          because: {
            code: 'waiting-for-needs',
            needs: [{ text: 'mail:25/tcp', guest: null, state: 'not-answering-yet' }],
          },
        }),
      ],
      { took: new Map([['dns', 9_400]]) },
    ),
    text,
    plain,
  )
  assert.deepEqual(lines, [
    'Launching 3 guests  20 s of about 43 s',
    '[##########--------------------] 1 of 3',
    '',
    'wave 1   dns    ready     took 9.4 s',
    'wave 2   mail   starting  12 s of about 30 s',
    'wave 3   web    waiting                       waits for mail:25/tcp, which doe…',
  ])
})

test('no line of the board is wider, and no board taller, than the terminal', () => {
  const phases: Phase[] = [ready, waiting, starting, failed]
  fc.assert(
    fc.property(
      fc.array(
        fc.record({ name: fc.stringMatching(/^[a-z]{1,30}$/), phase: fc.nat(3), wave: fc.integer({ min: 1, max: 9 }) }),
        { maxLength: 60 },
      ),
      fc.integer({ min: 20, max: 200 }),
      fc.integer({ min: 8, max: 50 }),
      (drafts, columns, rows) => {
        const guests = drafts.map(({ name, phase, wave }, index) => guest(`${name}${index}`, phases[phase]!, { wave }))
        const lines = boardLines(picture(guests, { columns, rows }), text, createPaint(true))
        assert.ok(lines.length < rows, `${lines.length} of ${rows}`)
        for (const line of lines) assert.ok(widthOf(line) < columns, bare(line))
      },
    ),
  )
})

test('a goal is over when nothing more can come of waiting', () => {
  const goal = { verb: 'launch' as const, guests: ['a', 'b', 'c', 'd'] }
  const state = goalState(
    goal,
    view(
      guest('a', failed),
      guest('b', waiting, needs('a')),
      guest('c', waiting, needs('b')),
      guest('d', ready),
      guest('other', waiting),
    ),
  )
  assert.equal(state.over, true)
  assert.deepEqual(withProgress(state, 'failed'), ['a'])
  assert.deepEqual(withProgress(state, 'blocked'), ['b', 'c'])
  assert.deepEqual(withProgress(state, 'done'), ['d'])
})

test('a guest that failed before the command is not over yet', () => {
  const goal = { verb: 'launch' as const, guests: ['a'] }
  assert.equal(goalState(goal, view(guest('a', failed, { commanded: true }))).over, false)
  assert.equal(goalState(goal, view(guest('a', { kind: 'held-down' }, { commanded: true }))).over, false)
})

test('somebody else wished otherwise: no longer waited for', () => {
  const launch = { verb: 'launch' as const, guests: ['a', 'b', 'c', 'gone'] }
  const state = goalState(
    launch,
    view(
      guest('a', waiting, { wish: 'stopped' }),
      guest('b', waiting, { watch: false }),
      guest('c', waiting, { pausedByHand: true }),
    ),
  )
  assert.deepEqual(withProgress(state, 'changed'), ['a', 'b', 'c', 'gone'])
  const shutdown = { verb: 'shutdown' as const, guests: ['a'] }
  assert.deepEqual(withProgress(goalState(shutdown, view(guest('a', ready))), 'changed'), ['a'])
})

test('what is left of a launch: the longest way through the needs, or nothing where too little is known', () => {
  const guests = [
    guest('a', ready, { expectedMs: 100 }),
    guest('b', starting, { expectedMs: 50, since: 980, ...needs('a') }),
    guest('c', waiting, { expectedMs: 40, ...needs('b') }),
    guest('d', waiting, { expectedMs: 60, ...needs('a') }),
  ]
  assert.equal(remainingMs(guests, 1_000), 70)
  assert.equal(remainingMs([...guests, guest('e', waiting)], 1_000), null)
  assert.equal(remainingMs([guest('late', starting, { expectedMs: 10, since: 0 })], 1_000), 0)
})

test('a table is aligned, leaves empty columns out and cuts only its last one', () => {
  const columns = [{ heading: 'A' }, { heading: 'EMPTY' }, { heading: 'NOTE' }]
  const rows = [
    ['ação', '', 'x'],
    ['b', '', 'a note that is longer than there is room for'],
  ]
  assert.deepEqual(table(columns, rows, plain, 30), ['A     NOTE', 'ação  x', 'b     a note that is longer t…'])
})

test('csv quotes what has to be quoted', () => {
  assert.equal(csv([['a,b', 'say "x"', null, 3, true, 'two\nlines']]), '"a,b","say ""x""",,3,true,"two\nlines"\r\n')
})

test('a cut text is never wider than asked, and loses its colours rather than its reset', () => {
  const red = createPaint(true).bad('a long text')
  assert.equal(cut(red, 6), 'a lon…')
  assert.equal(cut(red, 40), red)
})
