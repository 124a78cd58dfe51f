import type { MembersView } from '../contract/status.ts'
import type { ClusterView } from '../core/views/cluster-view.ts'
import { isWide } from '../core/views/move-plan.ts'
import { hostsToLose, lossCount, survival } from '../core/views/survive.ts'
import type { Clock } from '../ports/clock.ts'

/** Every loss is a whole placement, and a board asks many times a second: what was found holds for so long. */
const freshMs = 5_000

/** Guests placed for all losses together; beyond it the answer would keep the daemon from its work. */
const mostPlaced = 200_000

/** A person reads no more of them. */
const mostShown = 20

/** Whether the cluster bears the losses its file asks for, as things stand; asked for with every status. */
export interface SurvivalWatch {
  of(view: ClusterView): MembersView['survival']
}

export function createSurvivalWatch(clock: Clock): SurvivalWatch {
  let last: { readonly at: number; readonly spec: object; readonly found: MembersView['survival'] } | null = null
  return {
    of(view) {
      const { spec } = view.compiled
      if (last === null || last.spec !== spec || clock.now() - last.at > freshMs) {
        last = { at: clock.now(), spec, found: survivalNow(view) }
      }
      return last.found
    },
  }
}

function survivalNow(view: ClusterView): MembersView['survival'] {
  const asked = view.compiled.spec.settings.survive
  if (asked === 0 || !isWide(view)) return null
  const present = hostsToLose(view).length
  const hosts = Math.min(asked, present)
  if (lossCount(present, hosts) * view.sights.length > mostPlaced) return { hosts, survives: null, losses: [] }
  const { survives, losses } = survival(view, hosts)
  return { hosts, survives, losses: losses.filter(({ waiting }) => waiting.length > 0).slice(0, mostShown) }
}
