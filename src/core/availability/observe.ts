import type { EventWord, StoredEvent } from '../../model/event.ts'
import type { GuestId, HostId, ServiceKey } from '../../model/ids.ts'
import { GuestTrack } from './guest-track.ts'
import { observedEvents } from './observed-events.ts'
import type { Timeline } from './timeline.ts'
import { Track } from './track.ts'

/** Words that say something of availability: all that has to be read of the history. */
export const tellingWords = [
  ...['start', 'ready', 'pause', 'stop', 'stopped', 'restart', 'failed', 'waiting', 'silent', 'crashed'],
  ...['powered-off', 'adopt', 'ignored', 'resume', 'answers', 'lost', 'migrate', 'recover', 'moved'],
  ...['daemon-started', 'daemon-stopped', 'daemon-killed', 'power-lost', 'host-shut-down', 'looked'],
  ...['hypervisor-lost', 'hypervisor-back'],
] as readonly EventWord[]

/** What the history says of each subject, from its first word of it until the end; before that nothing is known. */
export interface Observed {
  readonly hosts: ReadonlyMap<HostId, Timeline>
  /** Up: it is ready, that is it runs and all its services answer. */
  readonly guests: ReadonlyMap<GuestId, Timeline>
  readonly services: ReadonlyMap<GuestId, ReadonlyMap<ServiceKey, Timeline>>
}

/**
 * Reads conditions from history: of all members, in whatever order it arrived. A pure fold over events in the order of their time.
 *
 * O1. Nothing is up that nobody watched: from the last sign of life of a host's daemon until its next look, what was up there is not
 *     observed. What was down stays down until something says otherwise.
 * O2. A host without power is down, and its guests with it, from its last renewal on.
 * O3. Down on purpose is planned: wished shutdowns, moves of a stopped guest, a host that is shut down, work while watching is off. A
 *     guest whose needs are all down on purpose is so too.
 * O4. A guest that boots is as it was before: down after a failure, planned after a wished shutdown.
 */
export function observe(events: readonly StoredEvent[], untilMs: number): Observed {
  const fold = new Fold()
  for (const event of observedEvents(events)) {
    if (event.at >= untilMs) break
    fold.take(event)
  }
  return fold.end(untilMs)
}

export class Fold {
  readonly #hosts = new Map<HostId, Track>()
  readonly #guests = new Map<GuestId, GuestTrack>()

  /** In the order of time. */
  take(event: StoredEvent): void {
    if (event.guest !== null)
      this.#guest(event.guest).take(event, (guest) => this.#guests.get(guest)?.isPlanned === true)
    else this.#takeHost(event)
  }

  /** Timelines so far; the fold may go on. */
  end(untilMs: number): Observed {
    const guests = new Map([...this.#guests].map(([guest, track]) => [guest, track.own.end(untilMs)] as const))
    const services = new Map(
      [...this.#guests].map(([guest, track]) => [
        guest,
        new Map([...track.services].map(([key, service]) => [key, service.end(untilMs)] as const)),
      ]),
    )
    return { hosts: new Map([...this.#hosts].map(([host, track]) => [host, track.end(untilMs)])), guests, services }
  }

  #guest(guest: GuestId): GuestTrack {
    let track = this.#guests.get(guest)
    if (track === undefined) {
      track = new GuestTrack()
      this.#guests.set(guest, track)
    }
    return track
  }

  #takeHost({ word, host, at }: StoredEvent): void {
    const here = (): readonly GuestTrack[] => [...this.#guests.values()].filter((track) => track.host === host)
    switch (word) {
      case 'daemon-started':
        this.#host(host).set(at, 'up', null)
        for (const track of here()) track.watchedAgain(at)
        return
      case 'looked':
        this.#host(host).set(at, 'up', null)
        for (const track of here()) track.looked(at)
        return
      case 'daemon-stopped':
      case 'daemon-killed':
        this.#host(host).set(at, 'not-observed', 'daemon-down')
        for (const track of here()) track.unwatched(at)
        return
      case 'power-lost':
        this.#host(host).set(at, 'down', 'power-lost')
        for (const track of here()) track.hostGone(at, 'down')
        return
      case 'host-shut-down':
        this.#host(host).set(at, 'planned', 'host-shutdown')
        for (const track of here()) track.hostGone(at, 'planned')
        return
      case 'hypervisor-lost':
        this.#host(host).set(at, 'down', 'hypervisor-lost')
        for (const track of here()) track.hypervisorLost(at)
        return
      case 'hypervisor-back':
        this.#host(host).set(at, 'up', null)
        for (const track of here()) track.looked(at)
        return
      default:
    }
  }

  #host(host: HostId): Track {
    let track = this.#hosts.get(host)
    if (track === undefined) {
      track = new Track()
      this.#hosts.set(host, track)
    }
    return track
  }
}
