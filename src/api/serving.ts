import { schemaVersion } from '../contract/protocol.ts'
import type { StatusView } from '../contract/status.ts'
import type { GuestSight } from '../core/sight.ts'
import type { ClusterView } from '../core/views/cluster-view.ts'
import { sightNamed } from '../core/views/cluster-view.ts'
import { statusData } from '../core/views/status.ts'
import { unknownGuest } from '../core/views/wish-plan.ts'
import { Fault } from '../model/fault.ts'
import type { HostId } from '../model/ids.ts'
import type { CompiledClusters } from './compiled-clusters.ts'
import type { LaunchClock } from './launch-clock.ts'
import type { ApiPowers } from './powers.ts'
import { RecentStatus, type TaggedStatus } from './recent-status.ts'
import { createSurvivalWatch } from './survival-watch.ts'
import { createTaskBook, type TaskBook } from './task-book.ts'
import type { Wishes } from './wishes.ts'
import { createWishes } from './wishes.ts'

/** What all routes share. */
export interface Serving {
  readonly powers: ApiPowers
  readonly wishes: Wishes
  readonly tasks: TaskBook
  /** Live streams that are open, as whoever opens them tells. */
  liveClients(): number
  countLiveClients(count: () => number): void
  status(): StatusView
  /** The same, written down already; where many ask at once they share one. */
  recentStatus(): TaggedStatus
  close(): void
  expectedMs(guest: string): number | null
  /** Throws `refused` without a cluster file. */
  view(): ClusterView
  /** It counts as gone, or is silent for longer than its lease: it is not waited for. */
  isGone(host: HostId): boolean
  /** Throws `guest-unknown` with the nearest name. */
  guest(id: string): { readonly view: ClusterView; readonly sight: GuestSight }
}

export function createServing(powers: ApiPowers, clusters: CompiledClusters, launchClock: LaunchClock): Serving {
  const view = (): ClusterView => {
    const found = clusters.view(powers.snapshot())
    if (found === null) throw new Fault('refused', 'not-done', { why: 'no-cluster-file' })
    return found
  }
  const tasks = createTaskBook(powers, clusters)
  let liveClients = (): number => 0
  const survival = createSurvivalWatch(powers.clock)
  const status = (): StatusView => {
    const snapshot = powers.snapshot()
    const now = clusters.view(snapshot)
    const { members, ...data } = statusData(now, snapshot, launchClock.expectedMs)
    const wide = members && now ? { members: { ...members, survival: survival.of(now) } } : {}
    return { schemaVersion, version: powers.version, ...data, ...wide }
  }
  const recent = new RecentStatus(status, powers.clock)
  const unsubscribe = powers.subscribe(() => recent.forget())
  return {
    powers,
    wishes: createWishes(powers, clusters, tasks),
    tasks,
    liveClients: () => liveClients(),
    countLiveClients(count) {
      liveClients = count
    },
    expectedMs: launchClock.expectedMs,
    view,
    status,
    recentStatus: () => recent.get(),
    close() {
      unsubscribe()
      tasks.close()
    },
    isGone(host) {
      const standing = clusters.view(powers.snapshot())?.hosts?.get(host)?.standing
      return standing === 'lost' || standing === 'left' || standing === 'expired'
    },
    guest(id) {
      const whole = view()
      const sight = sightNamed(whole, id)
      if (sight !== null) return { view: whole, sight }
      const { fault } = unknownGuest(whole, id)
      throw new Fault(fault.code, fault.outcome, fault.details)
    },
  }
}
