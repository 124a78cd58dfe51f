import assert from 'node:assert/strict'
import { test } from 'node:test'
import { guestId, hostId } from '../../src/model/ids.ts'
import { readScenarioOrThrow } from '../../src/sim/scenario/read.ts'
import { worldOf } from '../../src/sim/scenario-world.ts'
import { say } from '../../src/sim/swarm/say.ts'

const [n1, n2] = [hostId('n1'), hostId('n2')]
const web = guestId('web')

const scenario = `
claim: a move that breaks after the guest had begun to run over there
hosts: { n1: {}, n2: {}, n3: {} }
guests: { web: { host: n1 } }
script:
  - { at: 1s, do: [power n1 on, power n2 on, power n3 on] }
runFor: 60s
expect: { guests: { web: { state: running } } }
`

// Whether the other side learns of it is drawn.
for (const seed of [1, 2, 3, 4, 5, 6]) {
  test(`seed ${seed}: both halves go before it starts anew, where it was`, async () => {
    const world = worldOf(readScenarioOrThrow(scenario, 'broken.yaml'), seed)
    for (const host of world.hosts) host.powerOn()
    await world.timeline.playUntil(60_000)
    assert.deepEqual(
      world.running(web).map(({ host }) => host.id),
      [n1],
    )
    const deeds: string[] = []
    world.onDeed(({ kind, host, machine }) => {
      const halves = world.running(web).filter(({ machine: one }) => one.isHalf).length
      deeds.push(`${kind} ${host}${kind === 'started' ? ` beside ${halves}` : ''}${machine.isHalf ? ' half' : ''}`)
    })
    world.host(n1).hypervisor.troubles.breaking = 1
    // The half there takes long to go: whoever does not wait for it starts beside it.
    world.host(n2).hypervisor.troubles.slowness = 60
    say(world, { atMs: 0, kind: 'move', guest: web, host: n2, how: 'live' })
    await world.timeline.playUntil(180_000)
    assert.deepEqual(
      world.running(web).map(({ host, machine }) => [host.id, machine.state.run, machine.isHalf]),
      [[n1, 'running', false]],
    )
    const gone = deeds.filter((deed) => deed.startsWith('destroyed'))
    assert.deepEqual(gone.sort(), ['destroyed n1 half', 'destroyed n2 half'])
    assert.equal(deeds.filter((deed) => deed.startsWith('started')).join(), 'started n1 beside 0')
    assert.deepEqual(
      deeds.filter((deed) => deed.startsWith('resumed')),
      [],
    )
  })
}
