import type { HostId } from '../../model/ids.ts'
import { isDown } from '../sight.ts'
import type { ClusterView } from './cluster-view.ts'
import type { Refusal, WishPlan } from './wish-plan.ts'
import { idsOf, refusal } from './wish-plan.ts'

/**
 * `shutdown --until-boot`: the host goes down. All its guests shall be down as long as it is in the boot it is in now;
 * what is wished of each stays as it was, so after the next boot they start as they would have without this.
 */
export function planHostShutdown(view: ClusterView, host: HostId): WishPlan | Refusal {
  const seen = view.snapshot.observations.get(host)
  if (seen === undefined) return refusal('daemon-busy', {})
  const { bootId } = seen.observation
  const ours = view.sights.filter((sight) => (sight.record?.owner ?? sight.host?.observation.host) === host)
  const managed = ours.filter((sight) => sight.ownWish !== 'ignored')
  const down = managed.filter((sight) => isDown(sight.seen))
  const up = managed.filter((sight) => !isDown(sight.seen))
  const said = view.snapshot.hostWishes.get(host)?.downInBoot === bootId
  return {
    kind: 'planned',
    changes: new Map(),
    hosts: said ? new Map() : new Map([[host, { downInBoot: bootId, guests: idsOf(up) }]]),
    already: said ? idsOf(managed) : idsOf(down),
    also: [],
    skipped: ours
      .filter((sight) => sight.ownWish === 'ignored')
      .map((sight) => ({ guest: sight.compiled.id, why: 'ignored' })),
    affects: [],
  }
}
