import assert from 'node:assert/strict'
import { test } from 'node:test'
import { agentLife, hostId } from '../../src/model/ids.ts'
import type { HostObservation } from '../../src/model/observation.ts'
import type { Observations } from '../../src/ports/observations.ts'

export interface ObservationsUnderTest {
  readonly observations: Observations
  settle(): Promise<void>
}

export function observation(host: string, life: string): HostObservation {
  return {
    host: hostId(host),
    life: agentLife(life),
    bootId: 'boot',
    complete: true,
    hypervisor: 'up',
    memoryMib: 1024,
    otherGuestsMib: 0,
    cpus: 1,
    guests: new Map(),
    externals: {},
  }
}

/** What every `Observations` keeps, whatever it is made of. */
export function observationsConformance(name: string, make: () => ObservationsUnderTest): void {
  test(`${name}: the newest of a host replaces the older, at once for who published`, () => {
    const { observations } = make()
    assert.equal(observations.current().size, 0)
    observations.publish(observation('host', 'first'))
    observations.publish(observation('host', 'second'))
    assert.deepEqual([...observations.current().values()], [observation('host', 'second')])
  })

  test(`${name}: what was given as current does not change under its reader`, () => {
    const { observations } = make()
    const before = observations.current()
    observations.publish(observation('host', 'first'))
    assert.equal(before.size, 0)
  })

  test(`${name}: publications of one task are told as one, never within publish`, async () => {
    const { observations, settle } = make()
    let told = 0
    observations.subscribe(() => told++)
    for (let count = 0; count < 10; count++) observations.publish(observation('host', String(count)))
    assert.equal(told, 0)
    await settle()
    assert.equal(told, 1)
    observations.publish(observation('host', 'again'))
    await settle()
    assert.equal(told, 2)
  })

  test(`${name}: who stopped listening is not called, even by what was published before`, async () => {
    const { observations, settle } = make()
    let told = 0
    const stop = observations.subscribe(() => told++)
    observations.publish(observation('host', 'first'))
    stop()
    stop()
    await settle()
    assert.equal(told, 0)
  })

  test(`${name}: a listener that publishes is told of it, later`, async () => {
    const { observations, settle } = make()
    const seen: string[] = []
    observations.subscribe(() => {
      seen.push(observations.current().get('host')?.life ?? '')
      if (seen.length === 1) observations.publish(observation('host', 'second'))
    })
    observations.publish(observation('host', 'first'))
    await settle()
    assert.deepEqual(seen, ['first', 'second'])
  })
}
