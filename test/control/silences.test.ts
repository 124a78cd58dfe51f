import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Silences } from '../../src/control/silences.ts'
import { leaseTimes } from '../../src/core/lease-times.ts'
import { type HostId, hostId, instant } from '../../src/model/ids.ts'
import type { MemberSight } from '../../src/model/member.ts'
import { silentLog } from '../../src/ports/log.ts'

const [own, other] = [hostId('h1'), hostId('h2')]
const times = leaseTimes(4_000)

test('a member that was silent for three quarters of what makes it suspect is told of when it is heard again, by path', () => {
  const { look, told } = silences()
  look(0, 0)
  look(400, 200)
  assert.deepEqual(told, [])
  look(1_000, 200)
  assert.deepEqual(told, ['store 600'])
  look(1_400, 900)
  assert.deepEqual(told, ['store 600', 'direct 700'])
})

test('what this host could not have seen is nobody’s silence, nor is its own', () => {
  const { look, told } = silences()
  look(0, 0)
  look(0, 0, null)
  look(2_000, 2_000, 1_900)
  look(2_100, 2_100, 1_900)
  // It has renewed since 2 600 only: of the 900 before, 400 count.
  look(3_000, 2_450, 2_600)
  assert.deepEqual(told, [])
})

function silences() {
  const told: string[] = []
  const warn = (_: string, fields: Readonly<Record<string, unknown>> = {}): void => {
    told.push(`${fields.path} ${fields.silentMs}`)
  }
  const kept = new Silences(own, { ...silentLog, warn })
  const sight = (member: HostId, storeMs: number, directMs: number): [HostId, MemberSight] => [
    member,
    {
      ...{ member, kind: 'host', alive: null, revision: 1, renewed: true },
      ...{ unchangedSince: instant(storeMs), askedSince: instant(0), heardAt: instant(directMs) },
    },
  ]
  const look = (storeMs: number, directMs: number, since: number | null = 0): void =>
    kept.look(
      {
        sights: new Map([sight(own, storeMs * 10, directMs * 10), sight(other, storeMs, directMs)]),
        renewingSince: since === null ? null : instant(since),
      },
      times,
    )
  return { look, told }
}
