import assert from 'node:assert/strict'
import { test } from 'node:test'
import { agentLife, hostId } from '../../../src/model/ids.ts'
import { Dice } from '../../../src/sim/dice.ts'
import { FakePeerNetwork } from '../../../src/sim/fakes/fake-peers.ts'
import { Gate } from '../../../src/sim/gate.ts'
import { Timeline } from '../../../src/sim/timeline.ts'
import { alfa, beta, peerLost, peersConformance, question, says } from '../../conformance/peers.ts'

const first = agentLife('first')

function world(seed = 1) {
  const timeline = new Timeline()
  const cuts = new Set<string>()
  const network = new FakePeerNetwork(timeline, new Dice(seed), { passes: (from, to) => !cuts.has(`${from}>${to}`) })
  const gates = new Map([alfa, beta].map((member) => [member, gateOf(timeline)] as const))
  const connect = (member: typeof alfa) => network.connect(member, first, gates.get(member))
  return { timeline, cuts, network, gates, alfa: connect(alfa), beta: connect(beta) }
}

function gateOf(timeline: Timeline): Gate {
  return new Gate((run) => timeline.after(0, run), { onThrow: (error) => assert.fail(String(error)) })
}

/** Plays until the promise is settled. */
async function settledOn<T>(timeline: Timeline, during: Promise<T>): Promise<T> {
  let over = false
  const end = (): void => {
    over = true
  }
  during.then(end, end)
  await timeline.playUntil(timeline.nowMs + 120_000, () => over)
  return during
}

peersConformance('fake', async () => {
  const { timeline, cuts, alfa: a, beta: b } = world()
  return {
    alfa: a,
    beta: b,
    muteBeta: () => cuts.add('beta>alfa'),
    settled: (during) => settledOn(timeline, during),
    close: async () => {
      await Promise.all([a.close(), b.close()])
    },
  }
})

test('a frozen daemon answers when it thaws: too late for who asked', async () => {
  const { timeline, gates, alfa: a, beta: b } = world()
  const answeredAt: number[] = []
  b.serve((asked) => {
    answeredAt.push(timeline.nowMs)
    return says(beta)(asked)
  })
  gates.get(beta)?.freeze()
  timeline.after(5_000, () => gates.get(beta)?.thaw())
  await assert.rejects(settledOn(timeline, a.ask(beta, question('n1'), 1_000)), peerLost('unknown'))
  assert.equal(timeline.nowMs, 1_000)
  await timeline.playUntil(6_000)
  assert.deepEqual(answeredAt, [5_000])
})

test('who was frozen until after its own deadline has no answer, although one waits for it', async () => {
  const { timeline, gates, alfa: a, beta: b } = world()
  b.serve(says(beta))
  const asked = a.ask(beta, question('n1'), 1_000)
  gates.get(alfa)?.freeze()
  timeline.after(3_000, () => gates.get(alfa)?.thaw())
  await assert.rejects(settledOn(timeline, asked), peerLost('unknown'))
  assert.equal(timeline.nowMs, 3_000)
})

test('a dead daemon refuses at once; its next life answers for itself', async () => {
  const { timeline, gates, network, alfa: a, beta: b } = world()
  b.serve(says(beta))
  gates.get(beta)?.kill()
  await assert.rejects(settledOn(timeline, a.ask(beta, question('n1'), 1_000)), peerLost('not-done'))
  assert.ok(timeline.nowMs < 10)
  const next = network.connect(beta, agentLife('second'))
  next.serve((asked) => ({ ...says(beta)(asked), life: next.life }))
  assert.equal((await settledOn(timeline, a.ask(beta, question('n2'), 1_000))).life, 'second')
})

test('each direction is cut by itself: the question is heard though its answer is not', async () => {
  const { timeline, cuts, alfa: a, beta: b } = world()
  let heard = 0
  const listen = (asked: Parameters<ReturnType<typeof says>>[0]) => {
    heard++
    return says(beta)(asked)
  }
  b.serve(listen)
  cuts.add('beta>alfa')
  await assert.rejects(settledOn(timeline, a.ask(beta, question('n1'), 1_000)), peerLost('unknown'))
  assert.equal(heard, 1)
  cuts.clear()
  cuts.add('alfa>beta')
  await assert.rejects(settledOn(timeline, a.ask(beta, question('n2'), 1_000)), peerLost('unknown'))
  assert.equal(heard, 1)
})

test('about so many messages are lost as asked for, and the same seed loses the same', async () => {
  const play = async (seed: number): Promise<string> => {
    const { timeline, network, alfa: a, beta: b } = world(seed)
    network.dropChance = 0.2
    b.serve(says(beta))
    const asked = Array.from({ length: 200 }, (_, place) => a.ask(beta, question(`n${place}`), 500))
    const ends = await settledOn(timeline, Promise.allSettled(asked))
    return ends.map(({ status }) => (status === 'fulfilled' ? '.' : 'x')).join('')
  }
  const story = await play(7)
  assert.equal(story, await play(7))
  const lost = story.split('x').length - 1
  assert.ok(lost > 40 && lost < 110, `${lost} of 200`)
})

test('nothing is heard from a host that was never connected', async () => {
  const { timeline, alfa: a } = world()
  const asked = a.ask(hostId('gamma'), question('n1'), 1_000)
  await assert.rejects(settledOn(timeline, asked), peerLost('not-done'))
})
