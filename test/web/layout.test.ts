import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { edgeKey, type LayoutForm, type LayoutNode, layOut } from '../../src/web/now/layout.ts'
import { cpuMsOf } from '../cpu-time.ts'

const form: LayoutForm = {
  direction: 'right',
  nodeWidth: 180,
  labelPx: 11,
  nodeHeight: 60,
  waveGap: 90,
  nodeGap: 20,
  lineGap: 24,
  perLine: 6,
}

/** Guests that need only guests of lower waves, as the daemon has it. */
const graphs: fc.Arbitrary<LayoutNode[]> = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.array(fc.nat(), { maxLength: 4 })), { maxLength: 60 })
  .map((drawn) =>
    drawn.map(([wave, picks], index) => {
      const lower = drawn.flatMap(([other], at) => (other < wave ? [`g${at}`] : []))
      return {
        id: `g${index}`,
        wave,
        needs: lower.length === 0 ? [] : picks.map((pick) => lower[pick % lower.length]!),
      }
    }),
  )

for (const direction of ['right', 'down'] as const) {
  test(`no two guests lie on each other, and all lie within the drawing: ${direction}`, () => {
    fc.assert(
      fc.property(graphs, fc.integer({ min: 1, max: 8 }), (nodes, perLine) => {
        const { places, width, height } = layOut(nodes, { ...form, direction, perLine })
        assert.equal(places.size, nodes.length)
        const all = [...places.values()]
        all.forEach((a, index) => {
          assert.ok(
            a.x >= 0 && a.y >= 0 && a.x + form.nodeWidth <= width + 1e-6 && a.y + form.nodeHeight <= height + 1e-6,
          )
          for (const b of all.slice(index + 1)) {
            const apart = Math.abs(a.x - b.x) >= form.nodeWidth || Math.abs(a.y - b.y) >= form.nodeHeight
            assert.ok(apart, 'two guests lie on each other')
          }
        })
      }),
    )
  })
}

test('what a guest needs lies before it', () => {
  fc.assert(
    fc.property(graphs, (nodes) => {
      const { places } = layOut(nodes, form)
      for (const { id, needs } of nodes) {
        for (const need of needs) assert.ok(places.get(need)!.x + form.nodeWidth < places.get(id)!.x)
      }
    }),
  )
})

test('an edge over several waves lies behind no guest', () => {
  fc.assert(
    fc.property(graphs, (nodes) => {
      const { places, lanes } = layOut(nodes, { ...form, perLine: 100 })
      for (const lane of [...lanes.values()].flat()) {
        for (const place of places.values()) {
          const isApart = lane.x !== place.x || lane.y + 10 <= place.y || lane.y >= place.y + form.nodeHeight
          assert.ok(isApart, 'an edge lies behind a guest')
        }
      }
    }),
  )
  const { lanes } = layOut(
    [
      { id: 'a', wave: 1, needs: [] },
      { id: 'b', wave: 2, needs: ['a'] },
      { id: 'c', wave: 3, needs: ['a', 'b'] },
    ],
    form,
  )
  assert.equal(lanes.get(edgeKey('a', 'c'))?.length, 1)
})

test('the same guests are drawn the same, and a chain is a straight line', () => {
  const chain = ['a', 'b', 'c', 'd'].map((id, index, all) => ({
    id,
    wave: index + 1,
    needs: index === 0 ? [] : [all[index - 1]!],
  }))
  assert.deepEqual(layOut(chain, form), layOut(chain, form))
  assert.equal(new Set([...layOut(chain, form).places.values()].map(({ y }) => y)).size, 1)
})

test('five hundred guests are laid out in the time of a few pictures', () => {
  const nodes = Array.from({ length: 500 }, (_, index) => {
    const wave = 1 + Math.floor(index / 100)
    return { id: `g${index}`, wave, needs: wave === 1 ? [] : [`g${(index * 7) % 100}`, `g${index - 100}`] }
  })
  layOut(nodes, form)
  const tookMs = cpuMsOf(() => layOut(nodes, form))
  assert.ok(tookMs < 200, `${tookMs} ms`)
})
