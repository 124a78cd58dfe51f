import { EventList } from '../parts/event-list.tsx'

export function GuestEvents({ guest }: { readonly guest: string }) {
  return <EventList guest={guest} words={[]} />
}
