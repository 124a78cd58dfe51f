import type { FaultData, FaultDetails } from '../model/fault.ts'
import type { Value, Values } from './message.ts'
import { fill, namesIn } from './message.ts'
import type { Quantities } from './quantities.ts'
import type { Catalogue } from './text.ts'

export interface FaultText {
  /** Expected and got; no full stop. */
  readonly sentence: string
  /** What to do next; whole sentences. */
  readonly hint: string
  /** What is known of the world afterwards; a clause. */
  readonly known: string
}

export function faultText(fault: FaultData, catalogue: Catalogue, quantities: Quantities): FaultText {
  // A peer of a newer version may send a code this one does not know: its name is then the best sentence.
  const template = catalogue.faults[fault.code] ?? `${fault.code}`
  const values = detailValues(fault.details, quantities)
  return {
    sentence: fill(template, values, quantities.filling) + others(template, values, catalogue, quantities),
    hint: fill(catalogue.hints[fault.code] ?? catalogue.hints.internal, values, quantities.filling),
    known: catalogue.outcomes[fault.outcome] ?? catalogue.outcomes.unknown,
  }
}

/** A name ending in a unit is said with it: `neededMib: 512` fills `{needed}` with `512 MiB`. */
function detailValues(details: FaultDetails, quantities: Quantities): Values {
  return Object.fromEntries(
    Object.entries(details).map(([name, value]): [string, Value] => {
      if (typeof value === 'number' && name.endsWith('Mib')) return [name.slice(0, -3), quantities.size(value)]
      if (typeof value === 'number' && name.endsWith('Ms')) return [name.slice(0, -2), quantities.duration(value)]
      if (typeof value === 'number' || typeof value === 'string') return [name, value]
      return [name, typeof value === 'boolean' ? String(value) : quantities.list(value)]
    }),
  )
}

/** Details without a place in the sentence follow it, so that none is lost. */
function others(template: string, values: Values, catalogue: Catalogue, quantities: Quantities): string {
  const said = new Set(namesIn(template))
  const rest = Object.entries(values).filter(([name, value]) => !said.has(name) && value !== undefined && value !== '')
  if (rest.length === 0) return ''
  return ` (${rest.map(([name, value]) => fill(catalogue.units.detail, { name, value }, quantities.filling)).join('; ')})`
}
