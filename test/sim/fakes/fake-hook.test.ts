import { FakeHook } from '../../../src/sim/fakes/fake-hook.ts'
import { Timeline } from '../../../src/sim/timeline.ts'
import { worldClock } from '../../../src/sim/world-clock.ts'
import { hookConformance } from '../../conformance/hook.ts'

hookConformance('fake', () => {
  const timeline = new Timeline()
  const hook = new FakeHook(worldClock(timeline))
  return Promise.resolve({
    ...{ hook, program: '/etc/vigia/hook' },
    setMode: async (mode) => {
      hook.mode = mode
    },
    told: async () => hook.calls.map(({ call }) => call.id),
    settle: async (end) => {
      await timeline.playUntil(timeline.nowMs + 60_000)
      return await end
    },
    close: async () => {},
  })
})
