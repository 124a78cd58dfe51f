import type { Route } from '../state/route.ts'

/** Each page is a file of its own: the shell is small, and what nobody opens is not loaded. */
export const pageFiles = {
  now: async () => ({ default: (await import('../now/now-page.tsx')).NowPage }),
  hosts: async () => ({ default: (await import('../pages/hosts-page.tsx')).HostsPage }),
  host: async () => ({ default: (await import('../pages/host-page.tsx')).HostPage }),
  guests: async () => ({ default: (await import('../pages/guests-page.tsx')).GuestsPage }),
  guest: async () => ({ default: (await import('../pages/guest-page.tsx')).GuestPage }),
  create: async () => ({ default: (await import('../pages/create-page.tsx')).CreatePage }),
  tasks: async () => ({ default: (await import('../pages/tasks-page.tsx')).TasksPage }),
  events: async () => ({ default: (await import('../pages/events-page.tsx')).EventsPage }),
  'what-if': async () => ({ default: (await import('../pages/what-if-page.tsx')).WhatIfPage }),
  availability: async () => ({ default: (await import('../pages/availability-page.tsx')).AvailabilityPage }),
  drills: async () => ({ default: (await import('../pages/drills-page.tsx')).DrillsPage }),
  drill: async () => ({ default: (await import('../pages/drill-page.tsx')).DrillPage }),
  plan: async () => ({ default: (await import('../pages/plan-page.tsx')).PlanPage }),
  settings: async () => ({ default: (await import('../pages/settings-page.tsx')).SettingsPage }),
}

/** Fetches a page's file ahead of its first drawing. Whoever draws the page says what is wrong with it. */
export async function fetchPage({ page }: Route): Promise<void> {
  const fetched = Object.entries(pageFiles).find(([name]) => name === page)?.[1]()
  await fetched?.catch(() => undefined)
}
