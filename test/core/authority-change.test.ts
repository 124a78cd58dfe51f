import assert from 'node:assert/strict'
import { test } from 'node:test'
import { authorityStep, mayBeginAnew, mayRestartStore } from '../../src/core/authority-change.ts'
import type { AuthorityProgress, AuthorityStage } from '../../src/model/authority-change.ts'
import { type HostId, hostId, wallTime } from '../../src/model/ids.ts'

const [alfa, beta, gamma] = [hostId('alfa'), hostId('beta'), hostId('gamma')]
const all = [gamma, alfa, beta]
const change = { next: 'new', certificate: '', begunBy: alfa, at: wallTime(0) }

type At = AuthorityStage | 'other' | null
const at = (...stages: readonly [At, At, At]): AuthorityProgress[] =>
  stages.flatMap((stage, index) => {
    if (stage === null) return []
    const member = [alfa, beta, gamma][index]!
    return [stage === 'other' ? { member, next: 'old', stage: 'dropped' } : { member, next: 'new', stage }]
  })

function said(progress: AuthorityProgress[], self: HostId, present: readonly HostId[] = all): string {
  const step = authorityStep(change, progress, all, self, new Set(present))
  if (step.kind === 'end') return 'end'
  return step.kind === 'do' ? `do ${step.stage}` : `wait ${step.stage} ${step.waitsFor.join('+')}`
}

const both = 'trusts-both'
const rows: readonly (readonly [claim: string, is: string, should: string])[] = [
  ['nobody has begun: the first by name', said(at(null, null, null), alfa), 'do trusts-both'],
  ['its store is started anew, so the others wait (A2)', said(at(null, null, null), beta), 'wait trusts-both alfa'],
  ['then the next', said(at(both, null, null), beta), 'do trusts-both'],
  ['who has done it waits for all others (A1)', said(at(both, null, null), alfa), 'wait trusts-both beta+gamma'],
  ['one that is away keeps nobody from its turn', said(at(null, null, null), beta, [beta, gamma]), 'do trusts-both'],
  ['but all wait for it', said(at(null, both, both), beta, [beta, gamma]), 'wait trusts-both alfa'],
  ['all trust both: everybody renews, at once', said(at(both, both, both), gamma), 'do renewed'],
  ['nobody drops before all have renewed (A1)', said(at('renewed', 'renewed', both), alfa), 'wait renewed gamma'],
  ['all have renewed: one after the other', said(at('renewed', 'renewed', 'renewed'), alfa), 'do dropped'],
  ['and the others wait (A2)', said(at('renewed', 'renewed', 'renewed'), gamma), 'wait dropped alfa'],
  ['all have dropped it: over', said(at('dropped', 'dropped', 'dropped'), beta), 'end'],
  ['what is left of an earlier change counts for nothing', said(at('other', 'other', 'other'), alfa), 'do trusts-both'],
]

for (const [claim, is, should] of rows) test(claim, () => assert.equal(is, should))

test('at every moment each member takes each other, in whatever order they get their turns', () => {
  const trusts = { none: ['old'], 'trusts-both': ['old', 'new'], renewed: ['old', 'new'], dropped: ['new'] }
  const shows = { none: 'old', 'trusts-both': 'old', renewed: 'new', dropped: 'new' }
  const seen = new Set<string>()
  const look = (stages: Map<HostId, AuthorityStage | 'none'>): void => {
    const picture = [...stages.values()].join()
    if (seen.has(picture)) return
    seen.add(picture)
    for (const one of stages.values())
      for (const other of stages.values()) assert.ok(trusts[one].includes(shows[other]), picture)
    const progress = [...stages].flatMap(([member, stage]) =>
      stage === 'none' ? [] : [{ member, next: 'new', stage }],
    )
    for (const self of all) {
      const step = authorityStep(change, progress, all, self, new Set(all))
      if (step.kind === 'do') look(new Map([...stages, [self, step.stage]]))
    }
  }
  look(new Map(all.map((member) => [member, 'none'])))
  assert.ok(seen.has('dropped,dropped,dropped'), 'it comes to its end')
})

test('it is begun anew only where nobody has the key any more, and nobody shows a certificate of it', () => {
  assert.equal(mayBeginAnew(change, [], all, false), false)
  assert.equal(mayBeginAnew(change, [], [beta, gamma], false), true)
  assert.equal(mayBeginAnew(change, [], [beta, gamma], true), false)
  assert.equal(mayBeginAnew(change, at(null, both, null), [beta, gamma], false), false)
  assert.equal(mayBeginAnew({ ...change, begunBy: gamma }, at('renewed', null, null), [alfa, beta], false), false)
})

test('a store is started anew only while the others are a majority; of two, while the other answers', () => {
  const answers = [
    [1, 0],
    [2, 1],
    [2, 0],
    [3, 2],
    [3, 1],
    [5, 3],
    [5, 2],
  ] as const
  assert.deepEqual(
    answers.map(([voters, others]) => mayRestartStore(voters, others)),
    [true, true, false, true, false, true, false],
  )
})
