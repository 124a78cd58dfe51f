import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { lifecycleChange, runView } from '../../../src/drivers/libvirt/domain-states.ts'
import { usefulAddresses } from '../../../src/drivers/libvirt/guest-addresses.ts'
import { versionText } from '../../../src/drivers/libvirt/node.ts'
import { uuidText } from '../../../src/drivers/libvirt/observe.ts'

describe("libvirt's states in our words", () => {
  /** state, reason, active; run, cause */
  const states = [
    [0, 0, true, 'running', null],
    [1, 1, true, 'running', null],
    [2, 0, true, 'running', null],
    [3, 0, true, 'paused', 'other'],
    [3, 1, true, 'paused', 'asked'],
    [3, 2, true, 'paused', 'migration'],
    [3, 5, true, 'paused', 'io-error'],
    [3, 13, true, 'paused', 'post-copy-broken'],
    [1, 10, true, 'paused', 'migration'],
    [1, 11, true, 'paused', 'post-copy-broken'],
    [3, 6, true, 'paused', 'watchdog'],
    [3, 10, true, 'paused', 'crashed'],
    [3, 11, true, 'paused', 'other'],
    [4, 1, true, 'running', null],
    [5, 0, false, 'stopped', 'unknown'],
    [5, 1, false, 'stopped', 'shutdown'],
    [5, 2, false, 'stopped', 'destroyed'],
    [5, 3, false, 'stopped', 'crashed'],
    [5, 4, false, 'stopped', 'migrated'],
    [5, 5, false, 'stopped', 'saved'],
    [5, 6, false, 'stopped', 'failed'],
    [5, 8, false, 'stopped', 'failed'],
    [5, 99, false, 'stopped', 'unknown'],
    [6, 1, true, 'paused', 'crashed'],
    [6, 0, false, 'stopped', 'crashed'],
    [7, 0, true, 'paused', 'other'],
    [99, 0, true, 'running', null],
  ] as const
  for (const [state, reason, active, run, cause] of states) {
    it(`state ${state}, reason ${reason}${active ? '' : ', not active'}: ${run} ${cause ?? ''}`, () => {
      const view = runView(state, reason, active)
      assert.deepEqual([view.run, view.stopCause ?? view.pauseCause], [run, cause])
    })
  }

  /** event, detail; change */
  const events = [
    [0, 0, { kind: 'other' }],
    [1, 0, { kind: 'other' }],
    [2, 0, { kind: 'started' }],
    [3, 0, { kind: 'paused', cause: 'asked' }],
    [3, 2, { kind: 'paused', cause: 'io-error' }],
    [3, 9, { kind: 'paused', cause: 'other' }],
    [4, 0, { kind: 'resumed' }],
    [5, 0, { kind: 'stopped', cause: 'shutdown' }],
    [5, 1, { kind: 'stopped', cause: 'destroyed' }],
    [5, 2, { kind: 'stopped', cause: 'crashed' }],
    [5, 3, { kind: 'stopped', cause: 'migrated' }],
    [5, 5, { kind: 'stopped', cause: 'failed' }],
    [5, 9, { kind: 'stopped', cause: 'unknown' }],
    [6, 0, { kind: 'other' }],
    [7, 0, { kind: 'paused', cause: 'other' }],
    [8, 0, { kind: 'other' }],
  ] as const
  for (const [event, detail, change] of events) {
    it(`event ${event}, detail ${detail}: ${change.kind}`, () => {
      assert.deepEqual(lifecycleChange(event, detail), change)
    })
  }
})

describe('small readings', () => {
  it('a version', () => assert.equal(versionText(9_000_000n), '9.0.0'))
  it('a version with all its parts', () => assert.equal(versionText(10_011_012n), '10.11.12'))
  it('a uuid', () => {
    assert.equal(
      uuidText(Buffer.from('6695eb01f6a4830479aa97f2502e193f', 'hex')),
      '6695eb01-f6a4-8304-79aa-97f2502e193f',
    )
  })

  it('addresses others can reach: IPv4 first, each once', () => {
    const addrs = ['127.0.0.1', '::1', 'fe80::1', '169.254.3.4', '2001:db8::5', '192.0.2.7', '192.0.2.7']
    const iface = { name: 'eth0', hwaddr: null, addrs: addrs.map((addr) => ({ type: 0, addr, prefix: 24 })) }
    assert.deepEqual(usefulAddresses([iface]), ['192.0.2.7', '2001:db8::5'])
  })
})
