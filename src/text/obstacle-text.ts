import type { MigrationObstacle } from '../model/migration.ts'
import { detailValues } from './fault-text.ts'
import { fill } from './message.ts'
import type { Quantities } from './quantities.ts'
import type { Spoken } from './text-of.ts'

/** A clause said after the guest's name, without a full stop. */
export function obstacleText(obstacle: MigrationObstacle, catalogue: Spoken, quantities: Quantities): string {
  const { code, ...details } = obstacle
  // A newer peer's code is better shown as it is than not at all.
  return fill(catalogue.obstacles[code] ?? code, detailValues(details, catalogue, quantities), quantities.filling)
}
