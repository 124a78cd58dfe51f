import { Fault } from '../../model/fault.ts'
import type { MachineMaker } from '../../ports/machine-maker.ts'
import type { Timeline } from '../timeline.ts'

export interface MachineMakerTroubles {
  /** No room for disks: nothing is made. */
  diskFull: boolean
}

/** How long it takes to write a definition and look at the disks. */
const prepareMs = 20

/** Makes nothing but the definition. */
export function fakeMachineMaker(timeline: Timeline, troubles: MachineMakerTroubles): MachineMaker {
  return {
    prepare: async (guest) => {
      await timeline.sleep(prepareMs)
      if (troubles.diskFull) throw new Fault('disk-full', 'not-done', { guest: guest.id })
      return `<domain type='test'><name>${guest.id}</name></domain>`
    },
  }
}
