import { compileCluster } from '../../core/graph.ts'
import type { ClusterView } from '../../core/views/cluster-view.ts'
import { clusterView } from '../../core/views/cluster-view.ts'
import { planMemory, planPause, planResume, planWatch } from '../../core/views/guest-plan.ts'
import { planLaunch } from '../../core/views/launch-plan.ts'
import { planShutdown } from '../../core/views/shutdown-plan.ts'
import type { Refusal, WishPlan } from '../../core/views/wish-plan.ts'
import type { ClusterSpec } from '../../model/cluster.ts'
import type { GuestSpec } from '../../model/guest.ts'
import type { GuestId } from '../../model/ids.ts'
import { Dice } from '../dice.ts'
import { without } from '../perform.ts'
import type { World } from '../world.ts'
import { drawGuest, reachOf } from './draw-cluster.ts'
import type { Said } from './mishap.ts'

/** A command, judged by the same plans as the API's. A refused one is not said. */
export function say(world: World, mishap: Said): void {
  if (mishap.kind === 'move') {
    world.operator.move(mishap.guest, mishap.host, mishap.how)
    if (mishap.takenBackAfterMs !== undefined) {
      world.timeline.after(mishap.takenBackAfterMs, () => takeBack(world, mishap.guest))
    }
    return
  }
  if (mishap.kind === 'apply') {
    world.operator.apply((spec) => changedFile(spec, new Dice(mishap.seed), world))
    return
  }
  const snapshot = world.leaderView()
  if (snapshot?.cluster == null) return
  const view = clusterView(compileCluster(snapshot.cluster), snapshot)
  const plan = planOf(view, mishap)
  if (plan.kind === 'refused') return
  world.operator.sayAll(plan.changes, plan.hosts)
}

/** Whatever move of the guest is under way then, as `planCancel` says it. */
function takeBack(world: World, guest: GuestId): void {
  const move = world.leaderView()?.records.get(guest)?.seat?.move
  if (move?.how === 'live') world.operator.say(guest, { moveCancel: move.serial })
}

function planOf(view: ClusterView, mishap: Exclude<Said, { kind: 'apply' | 'move' }>): WishPlan | Refusal {
  switch (mishap.kind) {
    case 'launch':
      return planLaunch(view, mishap.guests)
    case 'shutdown':
      return planShutdown(view, { guests: mishap.guests, dependents: true, force: false })
    case 'force-shutdown':
      return planShutdown(view, { guests: mishap.guests, dependents: false, force: true })
    case 'pause':
      return planPause(view, mishap.guest)
    case 'resume':
      return planResume(view, mishap.guest)
    case 'watch-on':
    case 'watch-off':
      return planWatch(view, mishap.guest, mishap.kind === 'watch-on')
    case 'memory':
      return planMemory(view, mishap.guest, mishap.memoryMib)
  }
}

/** The file as somebody edited it: a guest gone, another wish, another policy, a need more or less. */
function changedFile(spec: ClusterSpec, dice: Dice, world: World): ClusterSpec {
  if (spec.guests.length === 0) return spec
  const chosen = dice.pick(spec.guests)
  const change = dice.pick(['remove', 'wish', 'policy', 'needs', 'services'] as const)
  if (change === 'remove') return spec.guests.length > 1 ? without(spec, chosen.id) : spec
  const changed = changedGuest(spec, chosen, change, dice, world)
  return { ...spec, guests: spec.guests.map((guest) => (guest.id === chosen.id ? changed : guest)) }
}

function changedGuest(
  spec: ClusterSpec,
  guest: GuestSpec,
  change: 'wish' | 'policy' | 'needs' | 'services',
  dice: Dice,
  world: World,
): GuestSpec {
  switch (change) {
    case 'wish':
      return { ...guest, wish: dice.pick(['running', 'running', 'stopped', 'disabled', 'ignored']) }
    case 'policy':
      return { ...guest, policy: drawGuest(dice, 0, [], world.spec.times).policy }
    case 'services':
      return { ...guest, services: guest.services.slice(0, dice.between(0, guest.services.length)) }
    case 'needs': {
      const standbys = new Set(spec.guests.map(({ standby }) => standby))
      // Whoever needs a guest needs its standby in turn.
      const closes = (other: GuestSpec): boolean =>
        [other.id, other.standby ?? other.id].some((id) => reachOf(spec, id).has(guest.id))
      const free = spec.guests.filter((other) => !standbys.has(other.id) && !closes(other))
      if (free.length === 0 || dice.chance(0.5)) return { ...guest, needs: guest.needs.slice(1) }
      const target = dice.pick(free)
      const known = guest.needs.some((need) => need.kind === 'guest' && need.guest === target.id)
      if (known) return guest
      const service = target.services.length > 0 ? dice.pick(target.services).key : null
      const need = {
        kind: 'guest' as const,
        guest: target.id,
        service,
        onLoss: dice.pick(['pause', 'keep', 'restart', 'stop'] as const),
      }
      return { ...guest, needs: [...guest.needs, need] }
    }
  }
}
