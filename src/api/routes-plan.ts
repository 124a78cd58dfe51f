import type { FastifyInstance } from 'fastify'
import { PlanRequest, PlanView, planLimitUsualMs } from '../contract/plan.ts'
import { paths, reckonMs } from '../contract/protocol.ts'
import { merged, stretchOf } from '../core/metrics/range.ts'
import { liveFile } from '../core/plan/live-file.ts'
import { measuredUse, withMeasured } from '../core/plan/live-use.ts'
import { Fault } from '../model/fault.ts'
import { tiers } from '../model/metric.ts'
import type { ConsolidationFile } from '../model/plan/consolidation.ts'
import type { MeasuredUse } from '../model/plan/measured-use.ts'
import { FileRefused } from './apply.ts'
import { askedOf, hostsOf } from './hosts-asked.ts'
import type { ReckonQuestion } from './reckoner.ts'
import { described, typed } from './route.ts'
import { sent } from './routes-availability.ts'
import type { Serving } from './serving.ts'

/** Which hosts are needed and what they cost: nothing is changed. */
export function planRoutes(app: FastifyInstance, serving: Serving): void {
  const { powers } = serving
  const plan = described(
    {
      access: 'operator',
      tag: 'cluster',
      summary:
        'Which hosts are needed, who goes where in which order, what it costs: of a plan file, or of the cluster as it is now',
      about:
        'As `vigia plan -o json` answers. A file is sent with what it names. The best plan is looked for on a thread beside the daemon; one at ' +
        'a time: another is told that the daemon is busy. Nothing is moved.',
    },
    { body: PlanRequest, response: { 200: PlanView } },
  )
  typed(app).post(paths.plan, plan, async (request, reply) => {
    if (powers.reckon === undefined) throw new Fault('not-supported', 'not-done', { action: 'plan' })
    const { body } = request
    const { survive = null, weights = null, limitMs = planLimitUsualMs } = body
    const wish = { survive, weights, limitMs, today: powers.clock.wall() }
    const question: ReckonQuestion =
      'live' in body
        ? { kind: 'plan-live', file: await fileOf(serving, body.use === 'month'), ...wish }
        : { kind: 'plan', path: body.path ?? 'plan.yaml', text: body.text, files: body.files ?? {}, ...wish }
    request.raw.socket?.setTimeout?.(reckonMs)
    const answer = await powers.reckon(question, null)
    if (answer.kind === 'text') return sent(reply, 'json', answer.text)
    const path = 'path' in question ? question.path : ''
    const count = answer.problems.filter(({ severity }) => severity === 'error').length
    throw new FileRefused(new Fault('plan-file-refused', 'not-done', { file: path, count }), answer.problems, [])
  })
}

async function fileOf(serving: Serving, isMeasured: boolean): Promise<ConsolidationFile> {
  const snapshot = serving.powers.snapshot()
  const file = liveFile(snapshot)
  if (file === null) throw new Fault('refused', 'not-done', { why: 'no-cluster-file' })
  if (!isMeasured) return file
  const stretch = stretchOf('month', serving.powers.clock.wall())
  const stepMs = tiers[stretch.tier].stepMs
  const use = new Map<string, MeasuredUse>()
  // A host tells of each guest that it has, or had: one guest after the other, so that nobody's work is held up.
  for (const { name } of file.guests) {
    const { told } = await askedOf(serving, hostsOf(serving), (guests) =>
      guests.figures({ kind: 'guest', name }, stretch),
    )
    const own = measuredUse(merged(told.map(({ value }) => value)), stretch.from * stepMs, stepMs)
    if (own !== null) use.set(name, own)
  }
  return withMeasured(file, snapshot, use)
}
