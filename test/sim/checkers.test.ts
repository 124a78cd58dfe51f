import assert from 'node:assert/strict'
import { test } from 'node:test'
import { guestId, hostId } from '../../src/model/ids.ts'
import type { Broken } from '../../src/sim/checkers/broken.ts'
import { BrokenRules } from '../../src/sim/checkers/broken.ts'
import { checkLiveness } from '../../src/sim/checkers/liveness.ts'
import { Safety } from '../../src/sim/checkers/safety.ts'
import { Truth } from '../../src/sim/checkers/truth.ts'
import type { Host } from '../../src/sim/host.ts'
import { readScenarioOrThrow } from '../../src/sim/scenario/read.ts'
import { worldOf } from '../../src/sim/scenario-world.ts'
import type { World } from '../../src/sim/world.ts'

const file = `claim: x
hosts: { node1: {} }
guests:
  dns: { host: node1, services: [53/udp] }
  nfs: { host: node1, services: [2049/tcp], needs: ["dns:53/udp"] }
  own: { host: node1, state: ignored, services: [80/tcp] }
script: []
runFor: 100s
`

const dns = guestId('dns')
const nfs = guestId('nfs')

interface Stage {
  readonly world: World
  readonly host: Host
  play(forMs: number): Promise<void>
  /** As the daemon that lives now does it, though nobody told it to. */
  wrongly(deed: 'start' | 'stop' | 'suspend', guest: string): void
  broken(): readonly Broken[]
}

/** A world in which a daemon can be made to do what it must not. */
async function stage(playMs: number): Promise<Stage> {
  const world = worldOf(readScenarioOrThrow(file, 'f'), 1)
  const rules = new BrokenRules()
  const safety = new Safety(new Truth(world), rules, { slackMs: () => 8_000 })
  const host = world.host(hostId('node1'))
  let told = 0
  const play = (forMs: number) =>
    world.timeline.playUntil(world.nowMs + forMs, () => {
      safety.afterEvent(world.events.slice(told))
      told = world.events.length
      return false
    })
  host.powerOn()
  await play(playMs)
  return {
    world,
    host,
    play,
    wrongly: (deed, guest) => {
      const machine = host.room.get(guest)
      assert.ok(machine)
      const asker = { life: host.life, atMs: world.nowMs }
      if (deed === 'start') host.room.start(machine, 256, asker)
      else if (deed === 'stop') host.room.pressPower(machine, asker)
      else host.room.suspend(machine, asker)
    },
    broken: () => rules.found,
  }
}

const rules = (broken: readonly Broken[]) => broken.map(({ rule }) => rule)

test('a world left alone breaks nothing', async () => {
  const { broken } = await stage(120_000)
  assert.deepEqual(broken(), [])
})

test('a start before the leader has named the life is told', async () => {
  const { wrongly, broken } = await stage(10_000)
  wrongly('start', 'dns')
  assert.deepEqual(rules(broken()), ['starts-unasked'])
})

test('a start while a need does not answer is told', async () => {
  const { wrongly, broken } = await stage(20_000)
  wrongly('start', 'nfs')
  assert.deepEqual(rules(broken()), ['starts-before-needs'])
})

test('a deed to an ignored guest is told', async () => {
  const { wrongly, broken } = await stage(20_000)
  wrongly('start', 'own')
  assert.deepEqual(rules(broken()), ['hands-off'])
})

test('a deed to a guest whose watch is off is told', async () => {
  const { world, wrongly, play, broken } = await stage(60_000)
  world.operator.say(dns, { watch: false })
  await play(20_000)
  wrongly('suspend', 'dns')
  assert.deepEqual(rules(broken()), ['hands-off'])
})

test('a start against the wish is told', async () => {
  const { world, wrongly, play, broken } = await stage(60_000)
  world.operator.say(nfs, { state: 'stopped', command: true })
  await play(20_000)
  wrongly('start', 'nfs')
  assert.deepEqual(rules(broken()), ['against-the-wish'])
})

test('a stop of a healthy guest is told', async () => {
  const { wrongly, broken } = await stage(60_000)
  wrongly('stop', 'nfs')
  assert.deepEqual(rules(broken()), ['harms-the-healthy'])
})

test('a stop before its dependents are gone is told', async () => {
  const { world, broken } = await stage(60_000)
  const record = { guest: 'dns', phase: { kind: 'stopping', next: 'stopped' } }
  world.operator.say(dns, { state: 'stopped', command: true })
  await world.timeline.playUntil(world.nowMs + 5_000)
  assert.deepEqual(rules(broken()), [], 'the leader waits for nfs')
  world.store.apply({ when: [], put: [{ key: 'record/guest/dns', value: JSON.stringify(record) }], remove: [] })
  const machine = world.host(hostId('node1')).room.get('dns')
  assert.ok(machine)
  world.host(hostId('node1')).room.pressPower(machine, { life: world.host(hostId('node1')).life, atMs: world.nowMs })
  assert.deepEqual(rules(broken()), ['stops-before-dependents'])
})

test('calling a running guest crashed is told', async () => {
  const { world, host, play, broken } = await stage(200_000)
  host.history.append([
    {
      ...{ at: world.events[0]!.event.at, host: host.id, actor: 'leader', word: 'crashed', guest: dns },
      ...{ service: null, because: null, fault: null, note: null },
    },
  ])
  await play(1_000)
  assert.deepEqual(rules(broken()), ['takes-unknown-for-stopped'])
})

test('a daemon that throws is told', async () => {
  const { host, play, broken } = await stage(60_000)
  host.daemon?.gate.deliver(() => {
    throw new Error('a slip')
  })
  await play(1_000)
  assert.deepEqual(rules(broken()), ['daemon-threw'])
  assert.match(broken()[0]?.text ?? '', /a slip/)
})

test('a wish that does not hold, without a true reason, is told', async () => {
  const { world, host, play } = await stage(60_000)
  await play(60_000)
  const before = new BrokenRules()
  const truth = new Truth(world)
  checkLiveness(truth, before)
  assert.deepEqual(before.found, [])
  host.room.powerCut()
  const after = new BrokenRules()
  checkLiveness(truth, after)
  assert.deepEqual(
    after.found.map(({ text }) => text),
    ['dns: is down and called ready', 'nfs: is down and called ready'],
  )
})
