import assert from 'node:assert/strict'
import { test } from 'node:test'
import { provesDead } from '../../src/bin/member-drivers.ts'

const table = [
  { kind: 'hardware', virtual: false, counts: true },
  { kind: 'hardware', virtual: true, counts: true },
  { kind: 'softdog', virtual: false, counts: true },
  { kind: 'softdog', virtual: true, counts: false },
  { kind: 'unknown', virtual: true, counts: true },
] as const

for (const { kind, virtual, counts } of table) {
  test(`S4: a watchdog that is ${kind} on a ${virtual ? 'virtual' : 'real'} host ${counts ? 'counts' : 'is no proof'}`, () => {
    assert.equal(provesDead({ kind }, virtual), counts)
  })
}
