import type { DomainEvent } from '../../ports/hypervisor.ts'
import { lifecycleChange } from './domain-states.ts'
import type { RegisteredEvent, WireEvent } from './event-messages.ts'
import type { PoolState } from './pool.ts'
import type { DomainRef } from './values.ts'

/** What we ask libvirt to tell us; those a hypervisor does not have are missed by nobody. */
export const watchedEvents: readonly RegisteredEvent[] = [
  'lifecycle',
  'reboot',
  'watchdog',
  'ioErrorReason',
  'controlError',
  'balloonChange',
  'agentLifecycle',
]

/** libvirt's event in our words; null for what says nothing of a domain. */
export function domainEvent(event: WireEvent): DomainEvent | null {
  switch (event.name) {
    case 'lifecycle':
      return about(event.body.dom, lifecycleChange(event.body.event, event.body.detail))
    case 'balloonChange':
      return about(event.body.dom, { kind: 'memory', memoryMib: Math.round(Number(event.body.actual) / 1024) })
    case 'networkLifecycle':
    case 'connectionClosed':
      return null
    default:
      return about(event.body.dom, { kind: 'other' })
  }
}

/** A gap in the events, and its end; null when we closed the pool ourselves. */
export function gapEvent(state: PoolState): DomainEvent | null {
  if (state.kind === 'up') return { kind: 'back' }
  return state.kind === 'down' ? { kind: 'lost' } : null
}

function about(dom: DomainRef, change: Extract<DomainEvent, { kind: 'domain' }>['change']): DomainEvent {
  return { kind: 'domain', name: dom.name, change }
}
