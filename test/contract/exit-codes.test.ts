import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exitCodeOf, exitCodes } from '../../src/contract/exit-codes.ts'
import type { FaultCode } from '../../src/model/fault.ts'
import { faultCodes } from '../../src/model/fault.ts'

test('no fault ends a command as if it had succeeded', () => {
  for (const code of faultCodes) assert.notEqual(exitCodeOf(code), exitCodes.ok, code)
})

test('an exit code of the shell itself is never used', () => {
  for (const code of Object.values<number>(exitCodes)) assert.ok(code < 125 && code !== 2, String(code))
})

test('what scripts rely on', () => {
  const cases: [FaultCode, number][] = [
    ['cluster-file-refused', 65],
    ['daemon-absent', 69],
    ['needs-several-hosts', 69],
    ['not-allowed', 77],
    ['guest-unknown', 105],
    ['needs-force', 107],
    ['timeout', 124],
  ]
  for (const [code, expected] of cases) assert.equal(exitCodeOf(code), expected, code)
  assert.equal(exitCodeOf('from-the-future' as FaultCode), 1)
})
