import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hostId, serviceKey } from '../../../src/model/ids.ts'
import type { ProbeTarget } from '../../../src/ports/prober.ts'
import { Dice } from '../../../src/sim/dice.ts'
import { FakeProber } from '../../../src/sim/fakes/fake-prober.ts'
import { MachineRoom } from '../../../src/sim/machine-room.ts'
import { Network } from '../../../src/sim/network.ts'
import { Timeline } from '../../../src/sim/timeline.ts'
import { type ProberWorld, proberConformance } from '../../conformance/prober.ts'

const tcp = serviceKey('80/tcp')
const udp = serviceKey('53/udp')

function stage() {
  const timeline = new Timeline()
  const network = new Network()
  const room = new MachineRoom(hostId('h1'), timeline)
  network.addRoom(room)
  room.onAnswer(() => network.changed())
  const fake = new FakeProber(timeline, new Dice(1), network)
  let machines = 0
  /** A machine that boots in no time. */
  const machine = () => {
    machines += 1
    return room.define({
      ...{ name: `m${machines}`, guest: null, address: `192.0.2.${machines}`, serves: [tcp, udp], persistent: true },
      ...{ memoryMib: 64, memoryMaxMib: 64, bootMs: 0, serviceStartMs: 0, stopMs: 0 },
    })
  }
  const pass = (ms: number) => timeline.playUntil(timeline.nowMs + ms)
  return { timeline, room, fake, machine, pass }
}

const target = (address: string, key: string): ProbeTarget => {
  const [port, protocol] = key.split('/')
  return {
    address,
    port: Number(port),
    protocol: protocol === 'udp' ? 'udp' : 'tcp',
    probe: { kind: 'tcp' },
    domain: null,
  }
}

async function makeWorld(): Promise<ProberWorld> {
  const { room, fake, machine, pass } = stage()
  const prober = fake.port()
  return {
    prober,
    target: async (state) => {
      const made = machine()
      if (state !== 'silent') room.start(made, 64, null)
      await pass(1)
      if (state === 'refusing') made.setService(tcp, false)
      return target(made.spec.address, tcp)
    },
    open: async ({ address }) => {
      const made = room.byAddress(address)
      made?.setService(tcp, true)
    },
    pass,
    settle: async (outcome, withinMs) => {
      await pass(withinMs)
      return await outcome
    },
    close: () => prober.close(),
  }
}

proberConformance('fake', makeWorld)

async function outcomes(key: string): Promise<string[]> {
  const { room, fake, machine, pass } = stage()
  const prober = fake.port()
  const made = machine()
  const ask = async () => {
    const asked = prober.ask(target(made.spec.address, key), 100)
    await pass(150)
    return (await asked).kind
  }
  const kinds = [await ask()]
  room.start(made, 64, null)
  await pass(1)
  kinds.push(await ask())
  made.setService(serviceKey(key), false)
  kinds.push(await ask())
  made.setService(serviceKey(key), true)
  room.suspend(made, null)
  kinds.push(await ask())
  return kinds
}

test('off, up, its service down, paused: a TCP port refuses, a UDP one is silent', async () => {
  assert.deepEqual(await outcomes('80/tcp'), ['silent', 'answered', 'refused', 'silent'])
  assert.deepEqual(await outcomes('53/udp'), ['silent', 'answered', 'silent', 'silent'])
})
