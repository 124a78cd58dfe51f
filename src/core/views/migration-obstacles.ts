import type { FileNeed, MigrationNeeds, MigrationObstacle, MigrationOffer } from '../../model/migration.ts'

/** All that stands in the way of a migration, in the order an administrator would mend it. Empty: nothing that is known. */
export function migrationObstacles(needs: MigrationNeeds, offer: MigrationOffer): readonly MigrationObstacle[] {
  return [
    ...(offer.runsThere ? [{ code: 'runs-there' } as const] : []),
    ...needs.devices.map((device) => ({ code: 'local-device', device }) as const),
    ...needs.files.flatMap((file) => fileObstacle(file, offer)),
    ...(offer.cpu === 'differs' ? [{ code: 'cpu-differs' } as const] : []),
    ...(offer.machine === 'unknown' ? [{ code: 'machine-unknown', machine: needs.machine ?? '?' } as const] : []),
    ...memoryObstacle(needs.memoryMib, offer.memoryFreeMib),
  ]
}

/** A file of the same name elsewhere is not the same disk; what nobody writes to may be a copy. */
function fileObstacle({ path, writable, local }: FileNeed, offer: MigrationOffer): MigrationObstacle[] {
  if (writable && local) return [{ code: 'disk-not-shared', path }]
  return offer.missingFiles.includes(path) ? [{ code: 'file-missing', path }] : []
}

function memoryObstacle(neededMib: number | null, freeMib: number | null): MigrationObstacle[] {
  return neededMib === null || freeMib === null || neededMib <= freeMib
    ? []
    : [{ code: 'memory-short', neededMib, freeMib }]
}
