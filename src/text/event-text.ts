import type { EventWord, HistoryEvent } from '../model/event.ts'
import type { ReasonCode } from '../model/reason.ts'
import { faultText } from './fault-text.ts'
import { fill } from './message.ts'
import type { Quantities } from './quantities.ts'
import { reasonText } from './reason-text.ts'
import type { Spoken } from './text-of.ts'

/** Reasons that say no more than the word of the event does. */
const saidAlready: Partial<Record<EventWord, readonly ReasonCode[]>> = {
  adopt: ['adopted'],
  crashed: ['crashed'],
  'powered-off': ['powered-off-inside'],
  ignored: ['wish-ignored'],
}

/** One line of history, without its time. */
export function eventText(event: HistoryEvent, catalogue: Spoken, quantities: Quantities): string {
  const { word, because, fault, note } = event
  const values = {
    guest: event.guest ?? undefined,
    host: event.host,
    service: event.service ?? undefined,
    note: note ?? undefined,
    proof:
      word === 'proven' && note !== null ? (catalogue.proofs as Readonly<Record<string, string>>)[note] : undefined,
    because:
      because === null || saidAlready[word]?.includes(because.code) === true
        ? undefined
        : reasonText(because, catalogue, quantities),
    fault: fault === null ? undefined : faultText(fault, catalogue, quantities).sentence,
  }
  return fill(catalogue.events[word] ?? word, values, quantities.filling)
}
