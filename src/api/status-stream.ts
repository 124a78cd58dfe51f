import { schemaVersion } from '../contract/protocol.ts'
import type { StatusChange, StatusView } from '../contract/status.ts'
import type { EventSink } from './event-sink.ts'
import type { ApiPowers } from './powers.ts'

/** Changes are gathered for so long: a board needs no more pictures a second, and a launch of a thousand guests changes without a pause. */
export const gatherMs = 100

/** Sends the whole status once, then what changed of it. A client that reads slowly gets the newest, not the whole past. */
export function streamStatus(powers: ApiPowers, sink: EventSink, status: () => StatusView): void {
  const sent = new Map<string, string>()
  let hostsSent = ''
  let cancelTimer: (() => void) | null = null
  let dirty = false

  const whole = (): void => {
    const view = status()
    for (const guest of view.guests) sent.set(guest.id, JSON.stringify(guest))
    hostsSent = JSON.stringify([view.hosts, view.members])
    sink.send({ event: 'status', id: null, data: JSON.stringify(view) })
  }
  const change = (): void => {
    cancelTimer = null
    if (sink.isFull()) return
    dirty = false
    const view = status()
    // Guests came or went: a client should not have to guess the order of what is left.
    if (view.guests.length !== sent.size || view.guests.some((guest) => !sent.has(guest.id))) {
      sent.clear()
      whole()
      return
    }
    const guests = view.guests.filter((guest) => {
      const text = JSON.stringify(guest)
      if (sent.get(guest.id) === text) return false
      sent.set(guest.id, text)
      return true
    })
    const hosts = JSON.stringify([view.hosts, view.members])
    if (guests.length === 0 && hosts === hostsSent) return
    hostsSent = hosts
    const members = view.members === undefined ? {} : { members: view.members }
    const data: StatusChange = { schemaVersion, at: view.at, hosts: view.hosts, ...members, guests }
    sink.send({ event: 'change', id: null, data: JSON.stringify(data) })
  }
  const touched = (): void => {
    dirty = true
    cancelTimer ??= powers.clock.after(gatherMs, change)
  }

  whole()
  const unsubscribe = powers.subscribe(touched)
  sink.onDrain(() => {
    if (dirty) touched()
  })
  sink.onClose(() => {
    unsubscribe()
    cancelTimer?.()
  })
}
