import type { FastifyInstance } from 'fastify'
import type { DoctorResult, HealthView } from '../contract/doctor.ts'
import type { EventsView } from '../contract/events.ts'
import { EventsQuery } from '../contract/events.ts'
import type { GuestView, WhyView } from '../contract/guest.ts'
import { paths, patterns, schemaVersion } from '../contract/protocol.ts'
import { snapshotText } from '../core/snapshot-text.ts'
import { guestData } from '../core/views/status.ts'
import { whyChain } from '../core/views/why.ts'
import type { StoredEvent } from '../model/event.ts'
import { historyFilter } from './history-filter.ts'
import type { Serving } from './serving.ts'

/** Newest events shown with one guest. */
const historyTail = 20

const viewer = { config: { access: 'viewer' } } as const

const everybody = { config: { access: 'public' } } as const

type Named = { readonly Params: { readonly guest: string } }

export function viewRoutes(app: FastifyInstance, serving: Serving): void {
  const { powers } = serving
  const tailOf = (guest: string): Promise<readonly StoredEvent[]> =>
    powers.history.query({ guest, newestFirst: true, limit: historyTail })

  app.get(paths.status, viewer, async () => serving.status())

  app.get<Named>(patterns.guest, viewer, async (request): Promise<GuestView> => {
    const { view, sight } = serving.guest(request.params.guest)
    const { id, dependents } = sight.compiled
    return {
      schemaVersion,
      guest: guestData(view, sight, serving.expectedMs),
      neededBy: dependents.map((index) => view.compiled.order[index]!.id),
      history: await tailOf(id),
    }
  })

  app.get<Named>(patterns.why, viewer, async (request): Promise<WhyView> => {
    const { view, sight } = serving.guest(request.params.guest)
    const { id } = sight.compiled
    return {
      schemaVersion,
      guest: guestData(view, sight, serving.expectedMs),
      chain: whyChain(view, id),
      history: await tailOf(id),
    }
  })

  app.get<{ Querystring: EventsQuery }>(
    paths.events,
    { schema: { querystring: EventsQuery }, ...viewer },
    async (request): Promise<EventsView> => ({
      schemaVersion,
      events: await powers.history.query(historyFilter(request.query)),
    }),
  )

  app.get(paths.snapshot, { config: { access: 'administrator' } }, async (_, reply) => {
    reply.type('application/json').serializer((text: unknown) => String(text))
    return snapshotText(powers.snapshot())
  })

  // It puts every host to work.
  app.get(
    paths.doctor,
    { config: { access: 'operator' } },
    async (): Promise<DoctorResult> => ({ schemaVersion, checks: await powers.examine() }),
  )

  app.get(paths.alive, everybody, async (): Promise<HealthView> => ({ schemaVersion, ok: true, faults: [] }))

  app.get(paths.ready, everybody, async (_, reply): Promise<HealthView> => {
    const faults = powers.troubles()
    reply.code(faults.length === 0 ? 200 : 503)
    return { schemaVersion, ok: faults.length === 0, faults }
  })
}
