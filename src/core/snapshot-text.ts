import type { GuestSpec } from '../model/guest.ts'
import type { ClusterSnapshot } from './snapshot.ts'

/** Grows when a field changes its meaning; a snapshot of another version is not replayed. */
export const snapshotVersion = 1

/**
 * A snapshot as JSON, so that what was decided from it can be decided again anywhere. Maps are `{ "$map": [[key, value], …] }`.
 * What may hold secrets and decides nothing is left out: cloud-init data, and a domain's own XML.
 */
export function snapshotText(snapshot: ClusterSnapshot): string {
  const { cluster } = snapshot
  const bare = cluster === null ? null : { ...cluster, guests: cluster.guests.map(withoutSecrets) }
  return JSON.stringify({ snapshotVersion, ...snapshot, cluster: bare }, (_, value: unknown) =>
    value instanceof Map ? { $map: [...value] } : value,
  )
}

/** Null: no snapshot of this version. */
export function snapshotFrom(text: string): ClusterSnapshot | null {
  const parsed = parsedJson(text)
  if (typeof parsed !== 'object' || parsed === null || !('snapshotVersion' in parsed)) return null
  const { snapshotVersion: version, ...snapshot } = parsed
  return version === snapshotVersion && isWhole(snapshot) ? snapshot : null
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text, (_, value: unknown) => (isMap(value) ? new Map(value.$map) : value))
  } catch {
    return null
  }
}

function isMap(value: unknown): value is { readonly $map: [string, unknown][] } {
  if (typeof value !== 'object' || value === null || !('$map' in value) || !Array.isArray(value.$map)) return false
  return value.$map.every((entry) => Array.isArray(entry) && entry.length === 2)
}

const maps = ['wishes', 'hostWishes', 'records', 'hostRecords', 'observations'] as const

/** All that every snapshot has; the rest is trusted, as it was written by a daemon. */
function isWhole(value: object): value is ClusterSnapshot {
  const found = value as Partial<Record<string, unknown>>
  return (
    maps.every((key) => found[key] instanceof Map) &&
    typeof found.cluster === 'object' &&
    typeof found.now === 'number' &&
    typeof found.wall === 'number'
  )
}

function withoutSecrets(guest: GuestSpec): GuestSpec {
  const { source } = guest
  if (source.kind === 'xml') return { ...guest, source: { ...source, xml: '' } }
  if (source.kind === 'existing' || source.definition.cloudInit === null) return guest
  return { ...guest, source: { ...source, definition: { ...source.definition, cloudInit: null } } }
}
