import { hostId, serviceKey } from '../../../src/model/ids.ts'
import { Dice } from '../../../src/sim/dice.ts'
import { FakeHypervisor } from '../../../src/sim/fakes/fake-hypervisor.ts'
import type { MachineSpec } from '../../../src/sim/machine.ts'
import { MachineRoom } from '../../../src/sim/machine-room.ts'
import { Timeline } from '../../../src/sim/timeline.ts'
import { type HypervisorWorld, hypervisorConformance } from '../../conformance/hypervisor.ts'

const node = { kind: 'fake', libraryVersion: '1.2.3', hostname: 'host', memoryMib: 4096, cpus: 2 }

function machine(name: string, persistent: boolean): MachineSpec {
  const serves = [serviceKey('22/tcp')]
  const times = { bootMs: 50, serviceStartMs: 1000, stopMs: 200 }
  return { name, guest: null, address: '192.0.2.1', serves, memoryMib: 64, memoryMaxMib: 64, persistent, ...times }
}

async function makeWorld(): Promise<HypervisorWorld> {
  const timeline = new Timeline()
  const room = new MachineRoom(hostId('host'), timeline)
  const machineFor = (name: string, xml: string) => (xml.startsWith('<domain') ? machine(name, false) : null)
  const fake = new FakeHypervisor({ timeline, dice: new Dice(7), room, node, machineFor })
  const hypervisor = fake.port(null)
  return {
    hypervisor,
    capabilities: { bulkStatistics: true, balloon: true, guestAgent: true, liveMigration: true, console: false },
    transientXml: (name) => `<domain><name>${name}</name></domain>`,
    define: async (name) => void room.define(machine(name, true)),
    whenAsked: 'goes-down',
    crash: async (name) => room.goDown(room.get(name)!, 'crashed'),
    cut: async () => fake.lose(),
    mend: async () => fake.comeBack(),
    wait: async (asked) => {
      let over = false
      const done = asked.finally(() => {
        over = true
      })
      // Whoever asked hears of the rejection; here it only ends the wait.
      done.catch(() => {})
      await timeline.playUntil(timeline.nowMs + 60_000, () => over)
      return asked
    },
    pass: (ms) => timeline.playUntil(timeline.nowMs + ms),
    close: () => hypervisor.close(),
  }
}

hypervisorConformance('fake', makeWorld)
