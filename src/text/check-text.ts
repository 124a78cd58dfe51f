import type { FaultData, FaultDetails } from '../model/fault.ts'
import { detailValues, faultText } from './fault-text.ts'
import { fill } from './message.ts'
import type { Quantities } from './quantities.ts'
import type { Catalogue } from './text-of.ts'

/** What a check of `vigia doctor` found. */
export interface Check {
  readonly id: string
  readonly result: 'pass' | 'warn' | 'fail'
  readonly details: FaultDetails
  readonly fault: FaultData | null
}

export interface CheckText {
  readonly sentence: string
  /** Null: nothing is to be done. */
  readonly remedy: string | null
}

/** A fault speaks for itself; any other check is said by its name and result. One that a newer daemon made is shown by its name. */
export function checkText(check: Check, catalogue: Catalogue, quantities: Quantities): CheckText {
  const { id, result, details, fault } = check
  if (fault !== null) {
    const { sentence, hint } = faultText(fault, catalogue, quantities)
    return { sentence, remedy: hint }
  }
  const values = detailValues(details, catalogue, quantities)
  const told = Object.entries(values).map(([name, value]) => `${name} ${value}`)
  const sentence = (catalogue.checks as Readonly<Record<string, string>>)[`${id}-${result}`]
  const remedy = (catalogue.remedies as Readonly<Record<string, string>>)[id]
  return {
    sentence: sentence === undefined ? [id, ...told].join(', ') : fill(sentence, values, quantities.filling),
    remedy: result === 'pass' || remedy === undefined ? null : fill(remedy, values, quantities.filling),
  }
}
