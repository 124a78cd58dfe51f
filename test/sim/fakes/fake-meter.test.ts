import { hostId } from '../../../src/model/ids.ts'
import { FakeMeter } from '../../../src/sim/fakes/fake-meter.ts'
import { MachineRoom } from '../../../src/sim/machine-room.ts'
import { Timeline } from '../../../src/sim/timeline.ts'
import { meterConformance } from '../../conformance/meter.ts'

const node = { kind: 'fake', libraryVersion: '1', hostname: 'host', memoryMib: 4096, cpus: 2 }
const times = { bootMs: 50, serviceStartMs: 100, stopMs: 20 }
const by = { life: null, atMs: 0 }

meterConformance('fake meter', async () => {
  const timeline = new Timeline()
  const room = new MachineRoom(hostId('host'), timeline)
  let lost = false
  const meter = new FakeMeter({ timeline, room, node, lost: () => lost }).port()
  const machine = (name: string) =>
    room.get(name) ??
    room.define({
      ...{ name, guest: null, address: '192.0.2.1', serves: [], memoryMib: 64, memoryMaxMib: 64, persistent: true },
      ...times,
    })
  return {
    meter,
    start: async (domain) => room.start(machine(domain), 64, by),
    destroy: async (domain) => room.destroy(machine(domain), by),
    suspend: async (domain) => room.suspend(machine(domain), by),
    cut: async () => {
      lost = true
    },
    wait: async (asked) => {
      asked.catch(() => {})
      await timeline.playUntil(timeline.nowMs + 100)
      return asked
    },
    pass: (ms) => timeline.playUntil(timeline.nowMs + ms),
    tellsUse: true,
    close: async () => {},
  }
})
