import assert from 'node:assert/strict'
import { test } from 'node:test'
import { edgeLookOf, graphNodes, kinOf, nodeBeyond, portOf, shapeOf } from '../../src/web/now/graph-data.ts'
import { layOut } from '../../src/web/now/layout.ts'
import { guest, need } from './samples.ts'

const guests = [
  guest('dns', { wave: 1 }),
  guest('db', { wave: 2, needs: [need('dns:53/udp')] }),
  guest('web', { wave: 3, needs: [need('db:5432/tcp', 'refused'), need('192.0.2.1:3306/tcp', 'silent')] }),
  guest('lone', { wave: 1 }),
]

test('a service outside of the cluster is a node of its own, before all guests', () => {
  const [outside] = graphNodes(guests)
  assert.deepEqual(outside, { id: 'external 192.0.2.1:3306/tcp', wave: 0, needs: [] })
  assert.deepEqual(graphNodes(guests).at(-2)?.needs, ['db', 'external 192.0.2.1:3306/tcp'])
})

test('a state that changes moves nothing; a need that comes or goes does', () => {
  const changed = guests.map((one) => ({ ...one, phase: { kind: 'failed' } as const }))
  assert.equal(shapeOf(changed), shapeOf(guests))
  assert.notEqual(shapeOf([...guests.slice(0, 3), guest('lone', { needs: [need('dns:53/udp')] })]), shapeOf(guests))
})

test('each state of a need has its look', () => {
  const looks = (['answers', 'not-answering-yet', 'paused', 'refused', 'silent', 'failed', 'host-unseen'] as const).map(
    (state) => edgeLookOf(need('dns:53/udp', state)),
  )
  assert.deepEqual(looks, ['answers', 'waiting', 'paused', 'broken', 'broken', 'broken', 'broken'])
})

test('an edge carries the port, and nothing where the guest itself is needed', () => {
  assert.deepEqual(
    [need('dns:53/udp'), need('dns'), need('192.0.2.1:3306/tcp')].map((one) => portOf(one)),
    ['53/udp', '', ''],
  )
})

test('with a guest go all that it needs and all that needs it, however far', () => {
  assert.deepEqual([...kinOf(guests, 'db')].sort(), ['db', 'dns', 'web'])
  assert.deepEqual([...kinOf(guests, 'lone')], ['lone'])
})

test('arrow keys reach every guest', () => {
  const form = {
    direction: 'right',
    nodeWidth: 10,
    labelPx: 10,
    nodeHeight: 10,
    waveGap: 9,
    nodeGap: 9,
    lineGap: 9,
    perLine: 9,
  } as const
  const layout = layOut(graphNodes(guests), form)
  const reached = new Set(['dns'])
  const open = ['dns']
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const arrow of ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'] as const) {
      const next = nodeBeyond(layout, at, arrow)
      if (next === null || reached.has(next)) continue
      reached.add(next)
      open.push(next)
    }
  }
  for (const { id } of guests) assert.ok(reached.has(id), id)
})
