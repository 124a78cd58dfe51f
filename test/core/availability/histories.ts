import type { Actor, EventWord, StoredEvent } from '../../../src/model/event.ts'
import { guestId, hostId, serviceKey, wallTime } from '../../../src/model/ids.ts'
import type { Reason } from '../../../src/model/reason.ts'

/** `[second, word, of whom, because]`; of whom: `web`, `web:80/tcp`, or a host where it names no guest. */
export type Line = readonly [
  at: number,
  word: EventWord,
  of: string,
  more?: { because?: Reason; host?: string; actor?: Actor },
]

const hostWords: readonly EventWord[] = [
  ...(['daemon-started', 'daemon-stopped', 'daemon-killed', 'power-lost', 'host-shut-down', 'looked'] as const),
  ...(['hypervisor-lost', 'hypervisor-back'] as const),
]

/** Events of a history told in lines; seconds since 1970. */
export function events(lines: readonly Line[]): StoredEvent[] {
  return lines.map(([at, word, of, { because = null, host = 'h1', actor } = {}], index) => {
    const isHost = hostWords.includes(word)
    const [guest, service] = of.split(':')
    return {
      id: index + 1,
      at: wallTime(at * 1000),
      host: hostId(isHost ? of : host),
      actor: actor ?? (isHost ? 'daemon' : service === undefined ? 'leader' : 'agent'),
      word,
      guest: isHost ? null : guestId(guest!),
      service: service === undefined ? null : serviceKey(service),
      because,
      fault: null,
      note: null,
    }
  })
}
