import type { FaultData, FaultDetails } from '../model/fault.ts'
import { faultWords as englishWords } from './en/fault-words.ts'
import type { Messages, Value, Values } from './message.ts'
import { fill, namesIn } from './message.ts'
import type { Quantities } from './quantities.ts'
import type { Spoken } from './text-of.ts'

export interface FaultText {
  /** Expected and got; no full stop. */
  readonly sentence: string
  /** What to do next; whole sentences. */
  readonly hint: string
  /** What is known of the world afterwards; a clause. */
  readonly known: string
}

export function faultText(fault: FaultData, catalogue: Spoken, quantities: Quantities): FaultText {
  // A peer of a newer version may send a code this one does not know: its name is then the best sentence.
  const template = catalogue.faults[fault.code] ?? `${fault.code}`
  const values = sentenceValues(fault.details, catalogue, quantities)
  const said = new Set([...namesIn(template), ...refusalNames(fault.details, catalogue)])
  return {
    sentence: fill(template, values, quantities.filling) + others(values, said, catalogue, quantities),
    hint: fill(catalogue.hints[fault.code] ?? catalogue.hints.internal, values, quantities.filling),
    known: catalogue.outcomes[fault.outcome] ?? catalogue.outcomes.unknown,
  }
}

/** The details in the reader's words; `why` becomes a sentence of its own. */
function sentenceValues(details: FaultDetails, catalogue: Spoken, quantities: Quantities): Values {
  const values = detailValues(details, catalogue, quantities)
  const refusal = refusalOf(details, catalogue)
  return refusal === undefined ? values : { ...values, why: fill(refusal, values, quantities.filling) }
}

function refusalOf(details: FaultDetails, catalogue: Spoken): string | undefined {
  const refusals: Messages = catalogue.refusals
  return typeof details.why === 'string' ? refusals[details.why] : undefined
}

function refusalNames(details: FaultDetails, catalogue: Spoken): readonly string[] {
  return namesIn(refusalOf(details, catalogue) ?? '')
}

/** A name ending in a unit is said with it: `neededMib: 512` fills `{needed}` with `512 MiB`. */
export function detailValues(details: FaultDetails, catalogue: Spoken, quantities: Quantities): Values {
  return Object.fromEntries(
    Object.entries(details).map(([name, value]): [string, Value] => {
      if (typeof value === 'number' && name.endsWith('Mib')) return [name.slice(0, -3), quantities.size(value)]
      if (typeof value === 'number' && name.endsWith('Ms')) return [name.slice(0, -2), quantities.duration(value)]
      if (typeof value === 'number') return [name, value]
      if (typeof value === 'string') return [name, wordOf(name, value, catalogue)]
      return [name, typeof value === 'boolean' ? String(value) : quantities.list(value)]
    }),
  )
}

const keyOfWord = new Map(Object.entries(englishWords).map(([key, text]) => [text as string, key]))

/** Texts of our own code are translated; those of the system are shown as they are. */
function wordOf(name: string, value: string, catalogue: Spoken): string {
  const words: Messages = name === 'action' ? catalogue.actions : catalogue.faultWords
  const key = name === 'action' ? value : keyOfWord.get(value)
  return (key === undefined ? undefined : words[key]) ?? value
}

/** Details without a place in the sentence follow it, so that none is lost. */
function others(values: Values, said: ReadonlySet<string>, catalogue: Spoken, quantities: Quantities): string {
  const saidValues = new Set([...said].map((name) => values[name]))
  const rest = Object.entries(values).filter(
    ([name, value]) => !said.has(name) && value !== '' && !saidValues.has(value),
  )
  if (rest.length === 0) return ''
  return ` (${rest.map(([name, value]) => fill(catalogue.units.detail, { name, value }, quantities.filling)).join('; ')})`
}
