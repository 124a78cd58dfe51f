import type { SessionView } from '../../contract/access.ts'
import type { GuestSummary } from '../../contract/status.ts'

/** Whether this person may steer this guest: the daemon decides, the console only does not offer what it would refuse. */
export function maySteer(who: SessionView | null | undefined, guest: GuestSummary): boolean {
  if (who == null || who.user.role === 'viewer') return false
  const { tags } = who.user
  return tags === null || tags.length === 0 || guest.tags.some((tag) => tags.includes(tag))
}

export function mayAdminister(who: SessionView | null | undefined): boolean {
  return who?.user.role === 'administrator'
}
