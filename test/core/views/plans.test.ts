import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { clusterView } from '../../../src/core/views/cluster-view.ts'
import { planLaunch } from '../../../src/core/views/launch-plan.ts'
import { planShutdown } from '../../../src/core/views/shutdown-plan.ts'
import { changedWish } from '../../../src/core/views/wish-plan.ts'
import { wallTime } from '../../../src/model/ids.ts'
import { noWish } from '../../../src/model/wish.ts'
import { FakeDaemon } from '../../api/fake-daemon.ts'
import type { GuestDraft } from '../world.ts'

/** Guests g0, g1, …; each needs some of those before it. */
const graphs = fc
  .integer({ min: 1, max: 8 })
  .chain((size) =>
    fc.tuple(
      ...Array.from({ length: size }, (_, index) => fc.subarray(Array.from({ length: index }, (_, other) => other))),
    ),
  )

function launched(graph: readonly (readonly number[])[]): FakeDaemon {
  const drafts: Record<string, GuestDraft> = Object.fromEntries(
    graph.map((needs, index) => [`g${index}`, { services: ['1/tcp'], needs: needs.map((need) => `g${need}:1/tcp`) }]),
  )
  const daemon = new FakeDaemon(drafts)
  daemon.world.launched()
  return daemon
}

function reach(
  graph: readonly (readonly number[])[],
  from: number,
  next: (index: number) => readonly number[],
): Set<string> {
  const open = [from]
  const found = new Set<number>()
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    for (const other of next(index)) if (!found.has(other)) open.push(found.add(other) && other)
  }
  return new Set([...found].map((index) => `g${index}`).filter((id) => graph.length > 0 && id !== `g${from}`))
}

test('a shutdown is refused exactly where somebody running needs the guest, at any depth', () => {
  fc.assert(
    fc.property(graphs, fc.nat(), (graph, pick) => {
      const chosen = pick % graph.length
      const daemon = launched(graph)
      const view = clusterView(daemon.world.cluster, daemon.snapshot())
      const needing = reach(graph, chosen, (index) =>
        graph.flatMap((needs, other) => (needs.includes(index) ? [other] : [])),
      )
      const plain = planShutdown(view, { guests: [`g${chosen}`], dependents: false, force: false })
      assert.equal(plain.kind, needing.size === 0 ? 'planned' : 'refused')
      const all = planShutdown(view, { guests: [`g${chosen}`], dependents: true, force: false })
      assert.ok(all.kind === 'planned')
      assert.deepEqual(new Set(all.also), needing)
      assert.equal(planShutdown(view, { guests: [], dependents: false, force: false }).kind, 'planned')
    }),
    { numRuns: 60 },
  )
})

test('a launch of one guest covers all it needs and nothing else', () => {
  fc.assert(
    fc.property(graphs, fc.nat(), (graph, pick) => {
      const chosen = pick % graph.length
      const daemon = launched(graph)
      for (const { id } of daemon.world.cluster.order) daemon.world.wish(id, { state: 'stopped' })
      daemon.world.settle()
      const plan = planLaunch(clusterView(daemon.world.cluster, daemon.snapshot()), [`g${chosen}`])
      assert.ok(plan.kind === 'planned')
      assert.deepEqual(
        new Set(plan.also),
        reach(graph, chosen, (index) => graph[index]!),
      )
      assert.equal(plan.changes.size, plan.also.length + 1)
    }),
    { numRuns: 60 },
  )
})

test('only launch and shutdown make the serial grow; who and when are kept', () => {
  const at = wallTime(5)
  assert.deepEqual(changedWish(noWish, { watch: false }, 'ana', at), { ...noWish, watch: false, by: 'ana', at })
  assert.equal(changedWish(noWish, { command: true }, '', at).launchSerial, 1)
})
