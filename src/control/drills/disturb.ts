import { failingService } from '../../core/drills/admission.ts'
import type { Disturbance, DrillGuest, DrillStop, DrillView } from '../../model/drill.ts'
import type { GuestId } from '../../model/ids.ts'
import type { DrillHold } from './hold.ts'
import type { DrillPorts } from './ports.ts'
import type { DrillWatch } from './watch.ts'

/** A disturbance that is not over by then has failed; a guest may boot slowly on a busy machine. */
const actLimitMs = 600_000

/** Does to the guest what a run is about, and waits until it is over. D3: what has to be undone is written down first. */
export async function disturb(
  { hands, services }: Pick<DrillPorts, 'hands' | 'services'>,
  during: Disturbance,
  hold: DrillHold,
  watch: DrillWatch,
): Promise<void> {
  const { plan, before } = hold.drill
  const { guest, to } = plan
  const was = guestIn(before, guest)!
  const overdue: DrillStop = { code: 'not-done-in-time', during, limitMs: actLimitMs }
  const isUp = (view: DrillView): boolean => {
    const is = guestIn(view, guest)
    return is?.phase === 'ready' && !is.moving
  }
  const isUpElsewhere = (view: DrillView): boolean => isUp(view) && guestIn(view, guest)?.host !== was.host
  switch (during) {
    case 'nothing':
      return
    case 'reboot':
      await hands.shutdown(guest)
      await watch.until((view) => guestIn(view, guest)?.phase === 'stopped', actLimitMs, overdue)
      await hands.launch(guest)
      return watch.until(isUp, actLimitMs, overdue)
    case 'cold-move':
    case 'live-migration':
      await hands.move(guest, to, during === 'cold-move' ? 'cold' : 'live')
      return watch.until(isUpElsewhere, actLimitMs, overdue)
    case 'power-cut':
      await hold.deed({ cut: was.host, broke: null })
      await hands.powerOff(was.host!)
      return watch.until(isUpElsewhere, actLimitMs, overdue)
    case 'service-failure': {
      const service = failingService(plan, services)!
      await hold.deed({ cut: null, broke: service })
      await hands.breakService(guest, service)
      await watch.passed(plan.failureMs)
      await hands.mendService(guest, service)
      await hold.deed({ cut: null, broke: null })
      return watch.until((view) => isUp(view) && isBack(before, view), actLimitMs, overdue)
    }
  }
}

function guestIn({ guests }: DrillView, guest: GuestId): DrillGuest | undefined {
  return guests.find(({ id }) => id === guest)
}

/** All guests are in their phases again. */
function isBack(before: DrillView, now: DrillView): boolean {
  return before.guests.every(({ id, phase }) => guestIn(now, id)?.phase === phase)
}
