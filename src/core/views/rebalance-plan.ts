import type { GuestId, HostId } from '../../model/ids.ts'
import { rebalance } from '../rebalance.ts'
import type { ClusterView } from './cluster-view.ts'
import { isWide, planMoves } from './move-plan.ts'
import { suppose } from './suppose.ts'
import type { Refusal, WishPlan } from './wish-plan.ts'
import { refusal } from './wish-plan.ts'

/** `rebalance`: the fewest moves that make the hosts even within the rules; none where they are. */
export function planRebalance(view: ClusterView): WishPlan | Refusal {
  if (!isWide(view)) return refusal('needs-several-hosts', {})
  const { moves } = rebalance(suppose(view, {}).question)
  return planMoves(view, new Map<GuestId, HostId>(moves.map(({ guest, to }) => [guest, to])), 'live')
}
