import type { ApiPowers } from '../../src/api/powers.ts'
import { createWhatIf } from '../../src/bin/what-if.ts'
import type { ClusterSnapshot } from '../../src/core/snapshot.ts'
import type { HostId } from '../../src/model/ids.ts'
import type { ArmedWish, FencingWish, HostWish } from '../../src/model/wish.ts'
import { storeKeys } from '../../src/ports/store.ts'
import { type WideDraft, wideCluster } from '../core/wide.ts'
import { FakeDaemon } from './fake-daemon.ts'

/** One of several daemons behind a real API: its cluster is a table that stands still, its store and history are in memory. */
export class WideDaemon extends FakeDaemon {
  #known: ClusterSnapshot
  #draft: WideDraft
  readonly fenceTests: [string, boolean][] = []
  readonly #play = createWhatIf()

  constructor(draft: WideDraft) {
    super(Object.fromEntries(Object.entries(draft.guests).map(([id, guest]) => [id, guest.spec ?? {}])))
    const { compiled, snapshot } = wideCluster(draft)
    this.#known = snapshot
    this.#draft = draft
    this.world.cluster = compiled
    this.checked = { spec: compiled.spec, format: 'vigia', problems: [] }
    // Each member's own record is in the store, as it is known.
    const put = [...snapshot.members!.sights].map(([host, { alive }]) => {
      return { key: storeKeys.alive(host), value: JSON.stringify(alive) }
    })
    this.store.apply({ when: [], put, remove: [] })
  }

  /** The table changes: what is said of some guests. */
  becomes({ guests }: Pick<WideDraft, 'guests'>): void {
    this.#draft = { ...this.#draft, guests: { ...this.#draft.guests, ...guests } }
    this.#known = wideCluster(this.#draft).snapshot
  }

  override snapshot(): ClusterSnapshot {
    this.readWishes()
    const { wishes, hostWishes } = this.world
    return { ...this.#known, wishes, hostWishes, cluster: this.hasCluster ? this.world.cluster.spec : null }
  }

  override powers(): ApiPowers {
    return {
      ...super.powers(),
      whatIf: (lose) => this.#play(this.snapshot(), lose),
      testFence: async (host: HostId, takePower: boolean) => {
        this.fenceTests.push([host, takePower])
        const step = { step: 'read', good: true, power: 'on', fault: null } as const
        const fault = { code: 'fence-failed', outcome: 'not-done', details: { host } } as const
        const failed = { step: 'parameters', good: false, power: null, fault } as const
        return [
          { device: 'fence_a', good: true, steps: [step] },
          ...(host === 'n2' ? [{ device: 'fence_b', good: false, steps: [failed] }] : []),
        ]
      },
    }
  }

  hostWish(host: string): Partial<HostWish> {
    return this.#read<HostWish>(storeKeys.hostWish(host)) ?? {}
  }

  armed(): ArmedWish | null {
    return this.#read(storeKeys.armed)
  }

  fencingWish(): FencingWish | null {
    return this.#read(storeKeys.fencingWish)
  }

  #read<T>(key: string): T | null {
    const [entry] = this.store.snapshot(key).entries
    return entry === undefined ? null : (JSON.parse(entry.value) as T)
  }
}

const fence = ['fence_a']

/** Three hosts: n1 leads and is full, n3 has been silent for long; web and db on n1, mail on n2, far on n3. */
export function threeHosts(more: Partial<WideDraft> = {}): WideDaemon {
  return new WideDaemon({
    hosts: { n1: { fence }, n2: { fence, memoryMib: 2_000 }, n3: { silentMs: 30_000 } },
    guests: {
      db: { on: 'n1', spec: { services: ['5432/tcp'] } },
      web: { on: 'n1', spec: { services: ['80/tcp'], needs: ['db:5432/tcp'], tags: ['front'] } },
      mail: { on: 'n2' },
      far: {
        on: 'n3',
        phase: { kind: 'waiting', notBefore: null },
        because: { code: 'host-silent', host: 'n3' as HostId, lacks: 'no-device-and-no-watchdog' },
      },
    },
    ...more,
  })
}
