import type { Flow } from '../../model/host-facts.ts'

/** Flows from several places, which may tell of the same connections: the larger count stands. */
export function mergedFlows(...places: readonly (readonly Flow[])[]): readonly Flow[] {
  const merged = new Map<string, Flow>()
  for (const flow of places.flat()) {
    const key = [flow.client, flow.server, flow.port, flow.protocol].join(' ')
    const before = merged.get(key)
    if (before === undefined || before.count < flow.count) merged.set(key, flow)
  }
  return [...merged.values()]
}
