import type { FastifyInstance } from 'fastify'
import { paths, schemaVersion, whatIfMs } from '../contract/protocol.ts'
import { WhatIfRequest, WhatIfView } from '../contract/what-if.ts'
import { Fault } from '../model/fault.ts'
import { described, typed } from './route.ts'
import type { Serving } from './serving.ts'

export function whatIfRoutes(app: FastifyInstance, { powers }: Serving): void {
  const whatIf = described(
    {
      access: 'operator',
      tag: 'cluster',
      summary: 'What the loss of hosts would come to: who goes where, when, in which order, who waits and why',
      about:
        'The loss is played on the cluster as it is now, with the decisions that the leader would take and the times of a pretend world. ' +
        'Nothing is changed. One at a time: another is told that the daemon is busy.',
    },
    { body: WhatIfRequest, response: { 200: WhatIfView } },
  )
  typed(app).post(paths.whatIf, whatIf, async (request) => {
    if (powers.whatIf === undefined) throw new Fault('not-supported', 'not-done', { action: 'what-if' })
    // An answer that is long in coming is no idle connection.
    request.raw.socket?.setTimeout?.(whatIfMs)
    return { schemaVersion, ...(await powers.whatIf([...new Set(request.body.lose)])) }
  })
}
