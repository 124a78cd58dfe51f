import type { Cause } from '../../model/availability.ts'
import type { StoredEvent } from '../../model/event.ts'
import type { GuestId, HostId, ServiceKey } from '../../model/ids.ts'
import type { Reason } from '../../model/reason.ts'
import { Track } from './track.ts'

interface Lost {
  readonly condition: 'down' | 'planned'
  readonly cause: Cause
}

/** Not up although it shall be, whatever was before. */
const givenUp: readonly Cause[] = ['start-failed', 'host-lost', 'no-place']

/** What the history says of one guest and its services; rules O1 to O4 of `observe`. */
export class GuestTrack {
  readonly own = new Track()
  readonly services = new Map<ServiceKey, Track>()
  #host: HostId | null = null
  /** Watching is off for work on it: what fails is planned (O3). */
  #excused = false
  /** Started since it went down, and not ready yet. */
  #booting = false

  get host(): HostId | null {
    return this.#host
  }

  get isPlanned(): boolean {
    return this.own.condition === 'planned'
  }

  /** `planned`: whether another guest is down on purpose at this time. */
  take(event: StoredEvent, planned: (guest: GuestId) => boolean): void {
    if (event.host !== '' && (event.actor === 'leader' || event.word === 'answers')) this.#host = event.host
    if (event.actor === 'leader') this.#excused = event.word === 'ignored' && event.because?.code === 'watch-off'
    const { at, because } = event
    switch (event.word) {
      case 'answers':
        this.#service(event.service).set(at, 'up', null)
        return
      case 'lost':
        this.#serviceLost(at, this.#service(event.service))
        return
      case 'ready':
        this.#booting = false
        for (const track of this.#all()) track.set(at, 'up', null)
        return
      case 'silent':
        this.#silent(at, because)
        return
      case 'start':
        // O4; before its first start nothing was known of it.
        this.#booting = true
        for (const track of this.#all()) if (track.condition === 'not-observed') track.set(at, 'planned', 'launch')
        return
      case 'waiting':
        this.#waits(at, because)
        return
      case 'pause':
      case 'stop':
      case 'restart':
        this.#goesDown(at, downBy(event.word, because, planned))
        return
      case 'stopped':
        this.#stopped(at, downBy('stopped', because, planned))
        return
      case 'crashed':
        this.#fails(at, 'crashed')
        return
      case 'powered-off':
        this.#fails(at, 'powered-off')
        return
      case 'failed':
        // One that could not be shut down, or runs twice, has not failed to start.
        if (because?.code !== 'stop-failed' && because?.code !== 'runs-on-several') this.#fails(at, 'start-failed')
        return
      case 'recover':
        this.#fails(at, 'host-lost')
        return
      case 'migrate':
        if (because?.code === 'moving' && because.how === 'cold') this.#moves(at)
        return
      case 'ignored':
        this.own.suspend(at, 'ignored')
        return
      default:
    }
  }

  unwatched(at: number): void {
    for (const track of this.#all()) track.suspend(at, 'daemon-down')
  }

  watchedAgain(at: number): void {
    for (const track of this.#all()) track.restore(at, false)
  }

  /** The host's daemon looked at all guests: what the leader says nothing else of is as it was. Services answer for themselves. */
  looked(at: number): void {
    this.own.restore(at, true)
    for (const track of this.services.values()) track.restore(at, false)
  }

  /** Its services go on being asked. */
  hypervisorLost(at: number): void {
    if (this.own.condition === 'up') this.own.suspend(at, 'hypervisor-lost')
  }

  /** O2. What was down on purpose before stays so. */
  hostGone(at: number, condition: 'down' | 'planned'): void {
    for (const track of this.#all()) {
      if (!track.begun) continue
      track.restore(at, true)
      if (track.condition === 'planned' || (condition === 'planned' && track.condition === 'down')) continue
      if (track.condition !== 'down') track.set(at, condition, condition === 'down' ? 'host-lost' : 'host-shutdown')
    }
  }

  *#all(): Iterable<Track> {
    yield this.own
    yield* this.services.values()
  }

  #service(key: ServiceKey | null): Track {
    const name = key ?? ('' as ServiceKey)
    let track = this.services.get(name)
    if (track === undefined) {
      track = new Track()
      this.services.set(name, track)
    }
    return track
  }

  /** A service of a guest that goes down was told of already. */
  #serviceLost(at: number, track: Track): void {
    if (track.condition === 'down' || track.condition === 'planned') return
    const { condition, cause } = this.#lossOf('service-lost')
    track.set(at, condition, cause)
  }

  #silent(at: number, because: Reason | null): void {
    const lost = because !== null && 'services' in because ? because.services : []
    for (const key of lost) this.#serviceLost(at, this.#service(key))
    this.#serviceLost(at, this.own)
  }

  #lossOf(cause: Cause): Lost {
    return this.#excused ? onPurpose('watch-off') : { condition: 'down', cause }
  }

  #fails(at: number, cause: Cause): void {
    for (const track of this.#all()) {
      if (track.condition === 'down') continue
      // It was to go down: only what fails while it comes up again has failed.
      if (track.condition === 'planned' && !this.#booting && !givenUp.includes(cause)) continue
      const loss = this.#lossOf(cause)
      track.set(at, loss.condition, loss.cause)
    }
  }

  /** A move for the sake of a failure does not end it. */
  #moves(at: number): void {
    for (const track of this.#all()) if (track.condition !== 'down') track.set(at, 'planned', 'move')
  }

  #goesDown(at: number, { condition, cause }: Lost): void {
    this.#booting = false
    for (const track of this.#all()) {
      // Down already: taking it down on purpose ends the failure, anything else goes on with it.
      if (track.condition === 'down' && condition === 'down') continue
      if (track.condition === 'planned' && condition === 'down') continue
      track.set(at, condition, cause)
    }
  }

  #stopped(at: number, down: Lost): void {
    for (const track of this.#all()) {
      if (track.condition === 'planned' || (track.condition === 'down' && down.condition === 'down')) continue
      track.set(at, down.condition, down.cause)
    }
  }

  #waits(at: number, because: Reason | null): void {
    const code = because?.code
    // Its host tells of itself: it watched all the time, or its last sign of life says since when it did not.
    if (code === 'host-silent') return
    if (code === 'host-lost') {
      this.#fails(at, 'host-lost')
      return
    }
    if (code === 'no-place') {
      this.#fails(at, 'no-place')
      return
    }
    if (code === 'host-shutdown') {
      this.#goesDown(at, onPurpose('host-shutdown'))
      return
    }
    for (const track of this.#all()) if (!track.begun) track.set(at, 'planned', 'launch')
  }
}

function onPurpose(cause: Cause): Lost {
  return { condition: 'planned', cause }
}

/** What a decision to take a guest down, or to hold it, means. */
function downBy(word: StoredEvent['word'], because: Reason | null, planned: (guest: GuestId) => boolean): Lost {
  switch (because?.code) {
    case 'wish-stopped':
    case 'wish-disabled':
    case 'wish-running':
    case 'not-in-file':
      return onPurpose('shutdown')
    case 'host-shutdown':
      return onPurpose('host-shutdown')
    case 'paused-by-hand':
      return onPurpose('paused-by-hand')
    case 'standby':
    case 'not-beside':
      return onPurpose('standby')
    case 'moving':
    case 'moved':
      return onPurpose('move')
    case 'paused-outside':
      return because.cause === 'asked' ? onPurpose('paused-by-hand') : { condition: 'down', cause: 'paused-outside' }
    case 'needs-lost': {
      const guests = because.needs.map(({ guest }) => guest)
      const all = guests.length > 0 && guests.every((guest) => guest !== null && planned(guest))
      return all ? onPurpose('need-planned') : { condition: 'down', cause: 'need-lost' }
    }
    case 'need-restarted':
    case 'stopped-with-need':
      return { condition: 'down', cause: 'need-lost' }
    case 'powered-off-inside':
      return { condition: 'down', cause: 'powered-off' }
    case 'grace-over':
    case 'services-lost':
      return { condition: 'down', cause: 'service-lost' }
    case 'boot-limit':
    case 'start-failed':
    case 'tries-exhausted':
      return { condition: 'down', cause: 'start-failed' }
    default:
      return word === 'stopped'
        ? { condition: 'down', cause: 'stopped-outside' }
        : { condition: 'down', cause: 'start-failed' }
  }
}
