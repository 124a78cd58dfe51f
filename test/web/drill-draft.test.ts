import assert from 'node:assert/strict'
import { test } from 'node:test'
import { drillCommand } from '../../src/web/drills/drill-command.ts'
import { type DrillDraft, drillRequest, fieldsOf, firstDraft } from '../../src/web/drills/drill-draft.ts'

const web: DrillDraft = { ...firstDraft, guest: 'web' }

test('what is as usual is not asked for', () => {
  assert.deepEqual(drillRequest(web), { guest: 'web', measures: ['downtime'], during: ['nothing', 'live-migration'] })
})

test('seconds become milliseconds; what means nothing for what was chosen stays behind', () => {
  const fields = { runs: '10', pingIntervalMs: '0.2', to: 'h2', requests: '5', failureMs: '3' }
  assert.deepEqual(drillRequest({ ...web, fields }), {
    ...{ guest: 'web', measures: ['downtime'], during: ['nothing', 'live-migration'] },
    ...{ runs: 10, pingIntervalMs: 200, to: 'h2' },
  })
})

test('nothing is asked without a guest, a measure and a disturbance, or with a number out of its limits', () => {
  const wrong: Partial<DrillDraft>[] = [
    ...[{ guest: '' }, { measures: [] }, { during: [] }],
    ...[{ fields: { runs: '0' } }, { fields: { runs: '101' } }, { fields: { runs: 'x' } }],
    ...[{ fields: { pingIntervalMs: '0.001' } }, { fields: { edgeMs: '-1' } }],
    { measures: ['transfer'], fields: { transferPath: 'no-slash' } },
  ]
  for (const change of wrong) assert.equal(drillRequest({ ...web, ...change }), null, JSON.stringify(change))
})

test('runs are done in the order of the words, whatever was chosen first', () => {
  const request = drillRequest({ ...web, measures: ['load', 'downtime'], during: ['power-cut', 'nothing'] })
  assert.deepEqual(
    [request?.measures, request?.during],
    [
      ['downtime', 'load'],
      ['nothing', 'power-cut'],
    ],
  )
})

test('fields are those that mean something', () => {
  assert.deepEqual(fieldsOf(web), ['to', 'pingIntervalMs', 'baselineMs', 'edgeMs'])
  assert.deepEqual(fieldsOf({ ...web, measures: ['transfer'], during: ['nothing'] }), ['port', 'transferPath'])
})

test('the command does the same, as a shell needs it', () => {
  const request = { guest: 'the web', measures: ['load'], during: ['service-failure'], runs: 2, edgeMs: 1_500 } as const
  assert.equal(
    drillCommand({ ...request, failureMs: 3_000, service: '80/tcp' }),
    "vigia drill run 'the web' --measure load --during service-failure --runs 2 --edge 1500ms --service 80/tcp --failure 3s",
  )
})
