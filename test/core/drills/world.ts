import type { DrillGuest, DrillHost, DrillPlan, DrillView } from '../../../src/model/drill.ts'
import { usualPlan } from '../../../src/model/drill.ts'
import { guestId, hostId } from '../../../src/model/ids.ts'

export const [web, db, mail] = ['web', 'db', 'mail'].map(guestId) as [never, never, never]
export const [h1, h2, h3] = ['h1', 'h2', 'h3'].map(hostId) as [never, never, never]

const guest = (id: never, host: never, needs: readonly never[] = []): DrillGuest => ({
  ...{ id, host, needs, phase: 'ready', address: '192.0.2.1', wish: null, moving: false },
})
const host = (id: never): DrillHost => ({ id, online: true, gone: false, maintenance: false, fenceable: true })

/** web on h2 needs db on h2; mail on h3 needs nobody. */
export const view: DrillView = {
  guests: [guest(db, h2), guest(mail, h3), guest(web, h2, [db])],
  hosts: [host(h1), host(h2), host(h3)],
}

export function withGuest(id: string, change: Partial<DrillGuest>, from = view): DrillView {
  return { ...from, guests: from.guests.map((one) => (one.id === id ? { ...one, ...change } : one)) }
}

export function withHost(id: string, change: Partial<DrillHost>, from = view): DrillView {
  return { ...from, hosts: from.hosts.map((one) => (one.id === id ? { ...one, ...change } : one)) }
}

export const plan: DrillPlan = { ...usualPlan, guest: web, measures: ['downtime'], during: ['live-migration'] }
