import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HostSummary, MembersView } from '../../src/contract/status.ts'
import { healthOf } from '../../src/web/state/health.ts'
import { guest, status } from './samples.ts'

const host = (id: string, standing: 'online' | 'silent' | 'lost' = 'online'): HostSummary => ({
  id,
  seen: true,
  complete: true,
  hypervisor: 'up',
  cpus: 8,
  memory: { totalMib: 8192, reservedMib: 512, guestsMib: 1024, othersMib: 0 },
  member: {
    standing,
    leads: id === 'h1',
    maintenance: false,
    goingDown: false,
    watchdog: 'armed',
    fence: [],
    lacks: null,
    proof: null,
  },
})

const members: MembersView = {
  leader: 'h1',
  armed: true,
  disarmedForMs: null,
  fenced: [],
  fencedAtMost: 1,
  survival: null,
}

const cases = [
  ['all is well', {}, [guest('a')], 'good'],
  ['a launch is under way', {}, [guest('a', { phase: { kind: 'starting', resumed: false } })], 'busy'],
  ['a guest is paused', {}, [guest('a', { phase: { kind: 'paused' } })], 'warning'],
  ['a guest has failed', {}, [guest('a', { phase: { kind: 'failed' } })], 'danger'],
  ['nobody can look at a guest', {}, [guest('a', { run: 'unknown' })], 'danger'],
  ['disarmed', { members: { ...members, armed: false } }, [guest('a')], 'warning'],
  ['nobody leads', { members: { ...members, leader: null } }, [guest('a')], 'danger'],
  ['a host is dead', { hosts: [host('h1'), host('h2', 'lost')], members }, [guest('a')], 'danger'],
] as const

for (const [name, more, guests, level] of cases) {
  test(`${name}: ${level}`, () => assert.equal(healthOf(status(guests, more)).level, level))
}

test('it names the hosts that are away', () => {
  assert.deepEqual(healthOf(status([], { hosts: [host('h1'), host('h2', 'silent')], members })).away, ['h2'])
})
