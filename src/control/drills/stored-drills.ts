import type { DrillId, DrillResult, RunningDrill } from '../../model/drill.ts'
import { type DrillStore, type HeldDrill, keptResults } from '../../ports/drill-store.ts'
import { type Entry, type Store, storeKeys } from '../../ports/store.ts'

/** Drills in the store that all members share: the lock is one key, its progress the value. */
export class StoredDrills implements DrillStore {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  async running(): Promise<HeldDrill | null> {
    return heldIn((await this.#store.read(storeKeys.drillRunning)).entries)
  }

  begin(drill: RunningDrill): Promise<HeldDrill | null> {
    return this.#write(drill, 0, [storeKeys.drillStop])
  }

  keep(held: HeldDrill, drill: RunningDrill): Promise<HeldDrill | null> {
    return this.#write(drill, held.revision, [])
  }

  async finish(held: HeldDrill, result: DrillResult): Promise<boolean> {
    const { entries } = await this.#store.read(storeKeys.drillResults)
    const old = entries.map(({ key, value }) => ({ key, at: (JSON.parse(value) as DrillResult).endedAt }))
    const most = old.sort((a, b) => b.at - a.at).slice(keptResults - 1)
    const { done } = await this.#store.transact({
      when: [{ key: storeKeys.drillRunning, revision: held.revision }],
      put: [{ key: storeKeys.drillResult(result.id), value: JSON.stringify(result) }],
      remove: [storeKeys.drillRunning, storeKeys.drillStop, ...most.map(({ key }) => key)],
    })
    return done
  }

  async askStop(id: DrillId, by: string): Promise<boolean> {
    const held = await this.running()
    if (held?.drill.id !== id) return false
    await this.#store.transact({
      when: [],
      put: [{ key: storeKeys.drillStop, value: JSON.stringify({ id, by }) }],
      remove: [],
    })
    return true
  }

  async stopAsked(id: DrillId): Promise<string | null> {
    const { entries } = await this.#store.read(storeKeys.drillStop)
    const found = entries.find(({ key }) => key === storeKeys.drillStop)
    if (found === undefined) return null
    const asked = JSON.parse(found.value) as { readonly id: string; readonly by: string }
    return asked.id === id ? asked.by : null
  }

  async results(): Promise<readonly DrillResult[]> {
    const { entries } = await this.#store.read(storeKeys.drillResults)
    return entries.map(({ value }) => JSON.parse(value) as DrillResult).sort((a, b) => b.at - a.at)
  }

  async #write(drill: RunningDrill, revision: number, remove: readonly string[]): Promise<HeldDrill | null> {
    const result = await this.#store.transact({
      when: [{ key: storeKeys.drillRunning, revision }],
      put: [{ key: storeKeys.drillRunning, value: JSON.stringify(drill) }],
      remove,
    })
    return result.done ? { drill, revision: result.revision } : null
  }
}

function heldIn(entries: readonly Entry[]): HeldDrill | null {
  const found = entries.find(({ key }) => key === storeKeys.drillRunning)
  return found === undefined ? null : { drill: JSON.parse(found.value) as RunningDrill, revision: found.revision }
}
