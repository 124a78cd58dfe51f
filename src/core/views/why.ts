import type { GuestId } from '../../model/ids.ts'
import type { GuestState, Phase } from '../../model/phase.ts'
import type { Reason } from '../../model/reason.ts'
import type { ClusterView } from './cluster-view.ts'
import { sightNamed } from './cluster-view.ts'
import { guestData, nothingExpected } from './status.ts'

/** One step of the way from a guest to what is in its way. */
export interface WhyStep {
  readonly depth: number
  readonly guest: GuestId
  /** The need that led here, as the file writes it; null for the guest asked about. */
  readonly via: string | null
  readonly state: GuestState
  readonly phase: Phase
  readonly because: Reason
  /** True where this guest is no consequence of another: the place to look. */
  readonly root: boolean
  /** True where it was explained higher up already: a guest needed by two. */
  readonly again: boolean
}

/** A chain longer than this explains nothing to anybody. */
const longestChain = 200

/** The guest and, below it, every unmet need and why it is unmet, down to the causes. */
export function whyChain(view: ClusterView, guest: GuestId): WhyStep[] {
  const steps: WhyStep[] = []
  const told = new Set<GuestId>()
  const open: { readonly id: GuestId; readonly via: string | null; readonly depth: number }[] = [
    { id: guest, via: null, depth: 0 },
  ]
  while (steps.length < longestChain) {
    const next = open.pop()
    if (next === undefined) break
    const sight = sightNamed(view, next.id)
    if (sight === null) continue
    const { state, phase, because, needs } = guestData(view, sight, nothingExpected)
    const unmet = needs.filter((need) => need.state !== 'answers')
    const again = told.has(next.id)
    told.add(next.id)
    const root = !unmet.some((need) => need.guest !== null)
    steps.push({ depth: next.depth, guest: next.id, via: next.via, state, phase, because, root, again })
    if (again) continue
    for (const need of unmet.reverse()) {
      if (need.guest !== null) open.push({ id: need.guest, via: need.text, depth: next.depth + 1 })
    }
  }
  return steps
}
