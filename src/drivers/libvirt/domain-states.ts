import type { PauseCause, RunState, StopCause } from '../../model/observation.ts'
import type { DomainChange } from '../../ports/hypervisor.ts'

/** libvirt's numbers for states, reasons and events, in our words. Numbers of later versions read as the unknown one. */

export interface RunView {
  readonly run: Exclude<RunState, 'absent' | 'unknown'>
  readonly stopCause: StopCause | null
  readonly pauseCause: PauseCause | null
}

/** libvirt's `virDomainState`. */
const State = { running: 1, paused: 3, shutOff: 5, crashed: 6, asleep: 7 } as const

const pauseReasons: Readonly<Record<number, PauseCause>> = {
  1: 'asked',
  2: 'migration',
  5: 'io-error',
  6: 'watchdog',
  10: 'crashed',
  12: 'migration',
  13: 'post-copy-broken',
}

/** A guest that runs without all of its memory stands still at the first page it lacks: it does not count as one that runs. */
const halfHere: Readonly<Record<number, PauseCause>> = { 10: 'migration', 11: 'post-copy-broken' }

const stopReasons: Readonly<Record<number, StopCause>> = {
  1: 'shutdown',
  2: 'destroyed',
  3: 'crashed',
  4: 'migrated',
  5: 'saved',
  6: 'failed',
  // libvirtd could not take it over after its own restart, and ended it.
  8: 'failed',
}

/** `active`: libvirt gives it an id, so a process of it exists. A domain on its way down still runs. */
export function runView(state: number, reason: number, active: boolean): RunView {
  if (state === State.running && halfHere[reason] !== undefined) return paused(halfHere[reason])
  if (state === State.paused) return paused(pauseReasons[reason] ?? 'other')
  if (state === State.asleep) return paused('other')
  // Crashed and preserved for whoever wants to look: it holds its memory and its disks, so it is not stopped.
  if (state === State.crashed && active) return paused('crashed')
  if (state === State.crashed) return stopped('crashed')
  if (state === State.shutOff) return stopped(stopReasons[reason] ?? 'unknown')
  return { run: 'running', stopCause: null, pauseCause: null }
}

function paused(pauseCause: PauseCause): RunView {
  return { run: 'paused', stopCause: null, pauseCause }
}

function stopped(stopCause: StopCause): RunView {
  return { run: 'stopped', stopCause, pauseCause: null }
}

/** libvirt's `virDomainEventType`. */
const Event = { started: 2, suspended: 3, resumed: 4, stopped: 5, asleep: 7 } as const

const suspendedDetails: Readonly<Record<number, PauseCause>> = {
  0: 'asked',
  1: 'migration',
  2: 'io-error',
  3: 'watchdog',
  7: 'migration',
  8: 'post-copy-broken',
}

const stoppedDetails: Readonly<Record<number, StopCause>> = {
  0: 'shutdown',
  1: 'destroyed',
  2: 'crashed',
  3: 'migrated',
  4: 'saved',
  5: 'failed',
}

/** What a lifecycle event tells; `other` for what only gives reason to look (defined, undefined, going down, crashed). */
export function lifecycleChange(event: number, detail: number): DomainChange {
  switch (event) {
    case Event.started:
      return { kind: 'started' }
    case Event.resumed:
      return { kind: 'resumed' }
    case Event.suspended:
      return { kind: 'paused', cause: suspendedDetails[detail] ?? 'other' }
    case Event.asleep:
      return { kind: 'paused', cause: 'other' }
    case Event.stopped:
      return { kind: 'stopped', cause: stoppedDetails[detail] ?? 'unknown' }
    default:
      return { kind: 'other' }
  }
}
