import { FakeLoadSource, FakeTraffic } from '../../../src/sim/fakes/fake-load-source.ts'
import { loadSourceConformance } from '../../conformance/load-source.ts'
import { SteppingClock } from './stepping-clock.ts'

loadSourceConformance('fake load source', async () => {
  const clock = new SteppingClock()
  const traffic = new FakeTraffic(clock)
  const address = '192.0.2.1'
  traffic.wake(address)
  return {
    source: new FakeLoadSource(clock, traffic),
    ...{ address, port: 80, transferPath: '/', loadPath: '/' },
    silence: async () => traffic.silence(address),
    wake: async () => traffic.wake(address),
    cut: async () => traffic.cut(address),
    nowMs: () => clock.now(),
    pass: (ms) => new Promise((resolve) => void clock.after(ms, resolve)),
    close: async () => {},
  }
})
