import assert from 'node:assert/strict'
import { test } from 'node:test'
import { guestFigures, hostFigures, serviceFigures } from '../../../src/core/metrics/rates.ts'
import type { GuestReading, HostReading } from '../../../src/model/reading.ts'

const guest: GuestReading = {
  ...{ domain: 'web', run: 'a 1', cpuMs: 1_000, memoryGivenMib: 512, memoryUsedMib: 300 },
  ...{ diskReadBytes: 100, diskWrittenBytes: 200, netReceivedBytes: 300, netSentBytes: 400 },
}
const host: HostReading = {
  ...{ cpuBusyTicks: 100, cpuAllTicks: 1_000, memoryTotalMib: 8_000, memoryUsedMib: 2_000 },
  ...{ diskReadBytes: 0, diskWrittenBytes: 0, netReceivedBytes: 0, netSentBytes: 0 },
}
const nothing = [null, null, null, null]

test('figures of a guest', () => {
  const later: GuestReading = {
    ...{ ...guest, cpuMs: 11_000, memoryGivenMib: 256, memoryUsedMib: null },
    ...{ diskReadBytes: 1_100, diskWrittenBytes: 200, netReceivedBytes: 10_300, netSentBytes: null },
  }
  const table: [string, GuestReading | null, GuestReading, number, (number | null)[]][] = [
    ['one processor for ten seconds', guest, later, 10_000, [100, 256, null, 100, 0, 1_000, null]],
    ['the same in twice the time', guest, later, 20_000, [50, 256, null, 50, 0, 500, null]],
    ['seen for the first time', null, guest, 0, [null, 512, 300, ...nothing]],
    ['another run: its counters began anew', guest, { ...later, run: 'a 2' }, 10_000, [null, 256, null, ...nothing]],
    ['a disk was taken out', later, { ...later, diskReadBytes: 5 }, 10_000, [0, 256, null, null, 0, 0, null]],
    ['no time has passed', guest, later, 0, [null, 256, null, ...nothing]],
  ]
  for (const [name, before, now, elapsedMs, figures] of table) {
    assert.deepEqual(guestFigures(before, now, elapsedMs), figures, name)
  }
})

test('figures of a host', () => {
  const later = { ...host, cpuBusyTicks: 150, cpuAllTicks: 1_200, netSentBytes: 20_000 }
  assert.deepEqual(hostFigures(host, later, 10_000), [25, 8_000, 2_000, 0, 0, 0, 2_000])
  assert.deepEqual(hostFigures(null, host, 0), [null, 8_000, 2_000, ...nothing])
  assert.deepEqual(hostFigures(host, host, 10_000), [null, 8_000, 2_000, 0, 0, 0, 0])
})

test('figures of a service', () => {
  assert.deepEqual(serviceFigures({ answered: 4, unanswered: 1, latencySumMs: 10 }), [2.5, 80])
  assert.deepEqual(serviceFigures({ answered: 0, unanswered: 3, latencySumMs: 0 }), [null, 0])
  assert.deepEqual(serviceFigures({ answered: 0, unanswered: 0, latencySumMs: 0 }), [null, null])
})
