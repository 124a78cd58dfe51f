import assert from 'node:assert/strict'
import { test } from 'node:test'
import { graphNodes, portOf } from '../../src/web/now/graph-data.ts'
import { labelHalf, placeEdges } from '../../src/web/now/labels.ts'
import { type LayoutForm, layOut } from '../../src/web/now/layout.ts'
import { guest, need } from './samples.ts'

const phone: LayoutForm = {
  ...{ direction: 'down', nodeWidth: 136, nodeHeight: 58, labelPx: 15 },
  ...{ waveGap: 72, nodeGap: 12, lineGap: 16, perLine: 2 },
}
const desk: LayoutForm = {
  ...{ direction: 'right', nodeWidth: 186, nodeHeight: 62, labelPx: 11 },
  ...{ waveGap: 96, nodeGap: 22, lineGap: 26, perLine: 8 },
}

const office = [
  guest('dns', { wave: 1 }),
  guest('storage', { wave: 1 }),
  guest('ldap', { wave: 2, needs: [need('dns:53/udp')] }),
  guest('db', { wave: 2, needs: [need('dns:53/udp'), need('storage:2049/tcp')] }),
  guest('mail', { wave: 3, needs: [need('ldap:389/tcp'), need('storage:2049/tcp')] }),
  guest('erp', { wave: 3, needs: [need('db:5432/tcp'), need('ldap:389/tcp')] }),
  guest('web', { wave: 4, needs: [need('erp:8080/tcp'), need('mail:25/tcp'), need('mail:143/tcp')] }),
  guest('reports', { wave: 4, needs: [need('erp:8080/tcp'), need('db:5432/tcp')] }),
  guest('monitor', { wave: 5, needs: [need('web:443/tcp'), need('reports:80/tcp')] }),
]

for (const [name, form] of Object.entries({ phone, desk })) {
  test(`on a ${name} every port of the office is written, and none on another or on a guest`, () => {
    const layout = layOut(graphNodes(office), form)
    const edges = placeEdges(office, layout, form)
    const texts = office.flatMap(({ id, needs }) =>
      needs.map((one) => {
        const { label, isRoomy } = edges.get(id)!.get(one.text)!
        assert.ok(isRoomy, `${id} ${one.text} is not written`)
        const half = labelHalf(portOf(one), form.labelPx)
        return {
          left: label.x - half,
          right: label.x + half,
          top: label.y - 0.9 * form.labelPx,
          bottom: label.y + 0.2 * form.labelPx,
          of: one.text,
        }
      }),
    )
    const boxes = [
      ...texts,
      ...[...layout.places].map(([of, { x, y }]) => {
        return { left: x, right: x + form.nodeWidth, top: y, bottom: y + form.nodeHeight, of }
      }),
    ]
    for (const [at, a] of texts.entries()) {
      for (const b of boxes.slice(at + 1)) {
        const isApart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top
        assert.ok(isApart, `${a.of} lies on ${b.of}`)
      }
    }
  })
}

test('where there is no room a port is not written unless one looks', () => {
  const many = Array.from({ length: 60 }, (_, index) => need(`dns:${10_000 + index}/tcp`))
  const crowd = [guest('dns', { wave: 1 }), guest('web', { wave: 2, needs: many })]
  const layout = layOut(graphNodes(crowd), desk)
  const placed = [...placeEdges(crowd, layout, desk).get('web')!.values()]
  assert.equal(placed.length, 60)
  assert.ok(placed.some(({ isRoomy }) => isRoomy) && placed.some(({ isRoomy }) => !isRoomy))
})
