import { hostId, wallTime } from '../model/ids.ts'
import type { Text } from '../text/text.ts'
import type { Simulated } from './context.ts'

/** An event of a pretend world, as one of a history is told. */
export function simulatedEventText(text: Text, event: Simulated['events'][number]): string {
  const { at, guest = null, host = hostId(''), service = null, because, word } = event
  const actor = event.actor === 'world' ? 'daemon' : event.actor
  return text.event({ word, because, actor, at: wallTime(at), guest, host, service, fault: null, note: null })
}
