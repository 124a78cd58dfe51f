import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ConnectionError, type ConnectionProblem, LibvirtError } from '../../../src/drivers/libvirt/errors.ts'
import { asFault } from '../../../src/drivers/libvirt/faults.ts'
import { Fault } from '../../../src/model/fault.ts'

const attempt = { action: 'suspend', domain: 'web', socketPath: '/run/libvirt/libvirt-sock' }
const start = { ...attempt, action: 'start', sure: true }

function no(code: number): LibvirtError {
  return new LibvirtError('domainSuspend', { code, domain: 10, level: 2, message: 'because' })
}

describe("libvirt's no as a fault", () => {
  const rows = [
    [42, attempt, 'domain-missing', 'not-done'],
    [3, attempt, 'not-supported', 'not-done'],
    [84, attempt, 'not-supported', 'not-done'],
    [8, attempt, 'domain-refused', 'not-done'],
    [55, attempt, 'domain-refused', 'not-done'],
    [68, attempt, 'hypervisor-timeout', 'not-done'],
    [1, attempt, 'hypervisor-error', 'unknown'],
    [38, attempt, 'hypervisor-error', 'unknown'],
    [1, start, 'domain-refused', 'not-done'],
    [38, start, 'domain-refused', 'not-done'],
    [86, attempt, 'guest-agent-absent', 'unknown'],
    [12345, attempt, 'domain-refused', 'not-done'],
  ] as const
  for (const [code, tried, fault, outcome] of rows) {
    it(`error ${code} of ${tried.action}: ${fault}, ${outcome}`, () => {
      const made = asFault(no(code), tried)
      assert.ok(made instanceof Fault)
      assert.deepEqual([made.code, made.outcome], [fault, outcome])
      assert.deepEqual(made.details, { action: tried.action, domain: 'web', text: 'because' })
      assert.ok(made.cause instanceof LibvirtError)
    })
  }
})

describe('no answer as a fault', () => {
  const rows: readonly (readonly [ConnectionProblem, string])[] = [
    ['absent', 'hypervisor-absent'],
    ['refused', 'hypervisor-absent'],
    ['denied', 'not-allowed'],
    ['auth-required', 'not-allowed'],
    ['lost', 'hypervisor-lost'],
    ['silent', 'hypervisor-lost'],
    ['closed', 'hypervisor-lost'],
    ['malformed', 'hypervisor-lost'],
    ['timeout', 'hypervisor-timeout'],
    ['aborted', 'hypervisor-timeout'],
    ['queue-full', 'limit-reached'],
    ['needs-descriptors', 'not-supported'],
  ]
  for (const [problem, fault] of rows) {
    it(`${problem}: ${fault}, with the outcome that is known`, () => {
      for (const outcome of ['not-done', 'unknown'] as const) {
        const made = asFault(new ConnectionError(problem, outcome, 'because'), attempt)
        assert.ok(made instanceof Fault)
        assert.deepEqual([made.code, made.outcome], [fault, outcome])
      }
    })
  }

  it('a defect stays a defect', () => {
    const defect = new TypeError('x is undefined')
    assert.equal(asFault(defect, attempt), defect)
  })
})
