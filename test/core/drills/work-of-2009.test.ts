import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type DrillGroup, figureUnits } from '../../../src/model/drills/report.ts'
import { summarize } from '../../../src/model/drills/statistics.ts'
import { besideThe2009Work } from '../../../src/model/drills/work-of-2009.ts'

type Group = Omit<DrillGroup, 'advice'>

function group(
  measure: Group['measure'],
  during: Group['during'],
  figures: readonly (keyof typeof figureUnits)[],
): Group {
  const values = [1, 2]
  const all = figures.map((name) => ({ name, unit: figureUnits[name], summary: summarize(values), values }))
  return { measure, during, runs: 2, ofBaseline: null, uncovered: 0, figures: all }
}

test('theirs stand beside ours where a drill measured the same', () => {
  const tables = besideThe2009Work([
    group('downtime', 'nothing', ['lost']),
    group('downtime', 'cold-move', ['lost', 'downtimeMs', 'actMs']),
    group('load', 'live-migration', ['requestsPerSecond', 'duplicated']),
  ])
  const rows = tables.map(({ measure, rows: all }) => [
    measure,
    ...all.map(({ during, figure, theirs, ours }) => [during, figure, theirs?.mean, theirs?.deviation, ours.mean]),
  ])
  assert.deepEqual(rows, [
    ['downtime', ['cold-move', 'lost', 38.3, null, 1.5], ['cold-move', 'downtimeMs', 38_700, 6_500, 1.5]],
    ['load', ['live-migration', 'requestsPerSecond', 1_862.87, null, 1.5]],
  ])
})

test('what they could not do has no figure of theirs', () => {
  const [table] = besideThe2009Work([group('downtime', 'power-cut', ['lost', 'longestSilenceMs', 'sent'])])
  assert.deepEqual(
    table?.rows.map(({ figure, theirs }) => [figure, theirs]),
    [
      ['lost', null],
      ['longestSilenceMs', null],
    ],
  )
  assert.deepEqual(besideThe2009Work([group('transfer', 'reboot', ['broken'])]), [])
})
