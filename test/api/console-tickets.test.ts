import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConsoleTickets, sessionMark, ticketMs } from '../../src/api/console-tickets.ts'
import type { Caller } from '../../src/model/access.ts'
import { guestId, instant } from '../../src/model/ids.ts'

const web = guestId('web')
const wish = { guest: web, kind: 'vnc', force: false, mark: 'session-1' } as const

function stage() {
  const clock = { nowMs: 0 }
  return { clock, tickets: new ConsoleTickets({ now: () => instant(clock.nowMs) }) }
}

test('a ticket counts once', () => {
  const { tickets } = stage()
  const ticket = tickets.issue(wish)
  assert.match(ticket, /^[\w-]{43}$/)
  assert.equal(tickets.take(ticket, 'web', 'session-1'), wish)
  assert.equal(tickets.take(ticket, 'web', 'session-1'), null)
})

test('a ticket counts for a minute, its guest and its session; a try in vain uses it up', () => {
  const table: [string, string, string, number][] = [
    ['too late', 'web', 'session-1', ticketMs],
    ['another session', 'web', 'session-2', 0],
    ['another guest', 'mail', 'session-1', 0],
  ]
  for (const [name, guest, mark, laterMs] of table) {
    const { clock, tickets } = stage()
    const ticket = tickets.issue(wish)
    clock.nowMs = laterMs
    assert.equal(tickets.take(ticket, guest, mark), null, name)
    clock.nowMs = 0
    assert.equal(tickets.take(ticket, 'web', 'session-1'), null, name)
  }
  const { clock, tickets } = stage()
  const ticket = tickets.issue(wish)
  clock.nowMs = ticketMs - 1
  assert.equal(tickets.take('x'.repeat(43), 'web', 'session-1'), null)
  assert.equal(tickets.take(ticket, 'web', 'session-1'), wish)
})

test('no two tickets are alike, and not more than a few hundred are kept', () => {
  const { tickets } = stage()
  const given = Array.from({ length: 300 }, () => tickets.issue(wish))
  assert.equal(new Set(given).size, 300)
  assert.equal(tickets.take(given[0]!, 'web', 'session-1'), null)
  assert.equal(tickets.take(given.at(-1)!, 'web', 'session-1'), wish)
})

test('a session is told from another by its cookie, a token by itself, and what else is sent along changes nothing', () => {
  const ana: Caller = { name: 'ana', role: 'operator', tags: null, by: 'session', id: 's1' }
  const first = sessionMark(ana, { cookie: 'theme=dark; __Host-vigia=one' })
  assert.equal(sessionMark(ana, { cookie: '__Host-vigia=one; theme=light' }), first)
  const others = [
    sessionMark(ana, { cookie: '__Host-vigia=two' }),
    sessionMark(ana, { cookie: 'x__Host-vigia=one' }),
    sessionMark({ ...ana, name: 'bob' }, { cookie: '__Host-vigia=one' }),
    sessionMark({ ...ana, id: 's2' }, { cookie: '__Host-vigia=one' }),
    sessionMark({ ...ana, by: 'token' }, { authorization: 'Bearer one' }),
    sessionMark({ ...ana, by: 'token' }, { authorization: 'Bearer two' }),
  ]
  assert.equal(new Set([first, ...others]).size, others.length + 1)
  assert.doesNotMatch(first, /one|ana/)
  const root: Caller = { name: 'root', role: 'administrator', tags: null, by: 'local', id: null }
  assert.equal(sessionMark(root, {}), sessionMark({ ...root, name: '' }, {}))
})
