import type { DrillPowers } from '../api/powers.ts'
import { faultData } from '../model/fault.ts'
import type { Log } from '../ports/log.ts'
import { storeKeys } from '../ports/store.ts'
import type { Daemon } from './daemon.ts'
import type { Drills } from './drills.ts'

/** How soon a drill of an earlier life is found. */
const lookEachMs = 60_000

/** What drills need is loaded when there are any: most daemons never drill. One that was interrupted is found without being asked. */
export function drillGate(daemon: Daemon, socket: string, log: Log): { readonly powers: DrillPowers; close(): void } {
  let opening: Promise<Drills> | null = null
  let closed = false
  let cancel = (): void => {}
  const open = (): Promise<Drills> => {
    opening ??= import('./drills.ts').then(({ openDrills }) => openDrills(daemon, socket, log))
    return opening
  }
  const look = async (): Promise<void> => {
    try {
      const { entries } = await daemon.store.read(storeKeys.drillRunning)
      const { schedules = [] } = daemon.leader.snapshot().cluster?.drills ?? {}
      if (entries.length > 0 || schedules.length > 0) await open()
    } catch (error) {
      log.warn('drills could not be looked for', { fault: faultData(error).code })
    }
    // What was opened looks by itself.
    if (opening === null && !closed) cancel = daemon.clock.after(lookEachMs, () => void look())
  }
  void look()
  return {
    powers: {
      all: async () => (await open()).powers.all(),
      begin: async (plan, options) => (await open()).powers.begin(plan, options),
      askStop: async (id, by) => (await open()).powers.askStop(id, by),
    },
    close: () => {
      closed = true
      cancel()
      void opening?.then((drills) => drills.close())
    },
  }
}
