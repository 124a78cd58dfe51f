import type { DrillDeeds, DrillGuest, DrillView } from '../../model/drill.ts'
import type { GuestId, HostId, ServiceKey } from '../../model/ids.ts'

/** The next thing to do so that everything is as it was before the drill; each is harmless if repeated. */
export type RestoreStep =
  | { readonly kind: 'mend'; readonly service: ServiceKey; readonly because: { readonly code: 'broken-by-drill' } }
  | { readonly kind: 'power-on'; readonly host: HostId; readonly because: { readonly code: 'cut-by-drill' } }
  | { readonly kind: 'launch'; readonly guest: GuestId; readonly because: { readonly code: 'was-up' } }
  | {
      readonly kind: 'move'
      readonly guest: GuestId
      readonly to: HostId
      readonly because: { readonly code: 'was-there'; readonly is: HostId }
    }
  | { readonly kind: 'unwish'; readonly guest: GuestId; readonly because: { readonly code: 'wish-was-the-files' } }
  | { readonly kind: 'wait'; readonly because: { readonly code: 'on-the-way'; readonly subjects: readonly string[] } }
  | { readonly kind: 'done' }

/**
 * Decided from the state alone, one step a round: what was broken is mended first, then power, then guests that are down, then places, at last
 * the wishes. Whoever finds an interrupted drill asks the same question.
 */
export function restoreStep(before: DrillView, now: DrillView, { cut, broke }: DrillDeeds): RestoreStep {
  if (broke !== null) return { kind: 'mend', service: broke, because: { code: 'broken-by-drill' } }
  const cutHost = now.hosts.find(({ id }) => id === cut)
  if (cut !== null && cutHost?.online !== true)
    return { kind: 'power-on', host: cut, because: { code: 'cut-by-drill' } }
  const pairs = before.guests.flatMap((was) => {
    const is = now.guests.find(({ id }) => id === was.id)
    return is === undefined ? [] : [{ was, is }]
  })
  const down = pairs.find(({ was, is }) => was.phase === 'ready' && isLaidDown(is) && is.wish !== 'running')
  if (down !== undefined) return { kind: 'launch', guest: down.was.id, because: { code: 'was-up' } }
  const waiting = [
    ...pairs.filter(({ was, is }) => is.moving || is.phase !== was.phase).map(({ was }) => was.id),
    ...before.hosts.filter(({ id, online }) => online && !isOnline(now, id)).map(({ id }) => id),
  ]
  if (waiting.length > 0) return { kind: 'wait', because: { code: 'on-the-way', subjects: waiting } }
  const away = pairs.find(({ was, is }) => was.host !== null && is.host !== null && was.host !== is.host)
  if (away !== undefined) {
    const { was, is } = away
    return { kind: 'move', guest: was.id, to: was.host!, because: { code: 'was-there', is: is.host! } }
  }
  const wished = pairs.find(({ was, is }) => was.wish === null && is.wish !== null)
  if (wished !== undefined) return { kind: 'unwish', guest: wished.was.id, because: { code: 'wish-was-the-files' } }
  return { kind: 'done' }
}

/** For whoever gives up waiting: what is not as before. */
export function notRestored(before: DrillView, now: DrillView): readonly string[] {
  const guests = before.guests.filter((was) => {
    const is = now.guests.find(({ id }) => id === was.id)
    return is === undefined || is.phase !== was.phase || is.host !== was.host || is.wish !== was.wish
  })
  const hosts = before.hosts.filter(({ id, online }) => online && !isOnline(now, id))
  return [...guests, ...hosts].map(({ id }) => id)
}

function isLaidDown({ phase }: DrillGuest): boolean {
  return phase === 'stopped' || phase === 'held-down' || phase === 'failed'
}

function isOnline({ hosts }: DrillView, host: HostId): boolean {
  return hosts.some(({ id, online }) => id === host && online)
}
