import assert from 'node:assert/strict'
import { test } from 'node:test'
import { circleOf } from '../../src/web/file/circle.ts'
import { contentOf, draftProblem, emptyDraft } from '../../src/web/file/create-draft.ts'
import { edited, NotInFile } from '../../src/web/file/edit-file.ts'
import { lineDiff } from '../../src/web/file/line-diff.ts'
import { brief, parseText } from '../model/file/samples.ts'

const file = `# our office
version: 1
guests:
  dns: { services: [53/udp] } # first
  web:
    services:
      - 80/tcp
    needs:
      - dns:53/udp # by name
`

test('a need is added and all else stays, comments too', () => {
  const after = edited(file, [{ kind: 'add-need', guest: 'web', need: 'dns', onLoss: 'keep' }])
  assert.equal(after, `${file}      - { need: dns, onLoss: keep }\n`)
})

test('the last need that goes takes its key with it', () => {
  const after = edited(file, [{ kind: 'remove-need', guest: 'web', need: 'dns:53/udp' }])
  assert.ok(!after.includes('needs'))
  assert.ok(after.includes('# our office') && after.includes('# first'))
})

test('what is not in the file is said instead of guessed', () => {
  assert.throws(() => edited(file, [{ kind: 'remove-need', guest: 'web', need: 'dns:53/tcp' }]), NotInFile)
  assert.throws(() => edited(file, [{ kind: 'add-need', guest: 'mail', need: 'dns', onLoss: 'pause' }]), NotInFile)
  assert.throws(() => edited(file, [{ kind: 'add-guest', guest: 'web', content: {} }]), NotInFile)
})

test('a new guest is written as people write it, into a file that the daemon takes', () => {
  const draft = {
    ...emptyDraft,
    name: 'mail',
    domain: 'mail-12',
    services: '25/tcp\n',
    tags: 'front',
    needs: ['dns:53/udp'],
  }
  const after = edited(file, [{ kind: 'add-guest', guest: 'mail', content: contentOf(draft) }])
  assert.ok(
    after.endsWith(
      '  mail:\n    domain: mail-12\n    tags: [front]\n    services: [25/tcp]\n    needs: [dns:53/udp]\n',
    ),
    after,
  )
  assert.deepEqual(problemsOf(after), [])
  const empty = edited('', [{ kind: 'add-guest', guest: 'mail', content: contentOf({ ...draft, needs: [] }) }])
  assert.deepEqual(problemsOf(empty), [])
})

test('a machine of the file is, too', () => {
  const draft = { ...emptyDraft, name: 'new', kind: 'machine', disk: '/srv/new.qcow2', bridge: 'br0' } as const
  const after = edited(file, [{ kind: 'add-guest', guest: 'new', content: contentOf(draft) }])
  assert.deepEqual(problemsOf(after), [])
})

test('a name that is taken or none is told before anything is written', () => {
  assert.equal(draftProblem({ ...emptyDraft, name: 'web' }, ['web']), 'taken')
  assert.equal(draftProblem({ ...emptyDraft, name: '' }, []), 'name')
  assert.equal(draftProblem({ ...emptyDraft, name: 'a b' }, []), 'name')
  assert.equal(draftProblem({ ...emptyDraft, name: 'web' }, []), null)
})

test('a circle is told with all who are in it', () => {
  const needs = new Map([
    ['web', ['db']],
    ['db', ['dns']],
    ['dns', []],
  ])
  assert.deepEqual(circleOf(needs, 'dns', 'web'), ['dns', 'web', 'db', 'dns'])
  assert.equal(circleOf(needs, 'web', 'dns'), null)
  assert.deepEqual(circleOf(needs, 'web', 'web'), ['web', 'web'])
})

test('a difference shows what goes and what comes with a little round it', () => {
  const before = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].join('\n')
  const after = ['a', 'b', 'c', 'd', 'E', 'f', 'g', 'h', 'i'].join('\n')
  const said = lineDiff(before, after).map((line) => (line === null ? '…' : `${line.kind} ${line.text}`))
  assert.deepEqual(said, ['…', 'same c', 'same d', 'gone e', 'new E', 'same f', 'same g', 'same h', 'new i'])
  assert.deepEqual(lineDiff(before, before), [])
})

function problemsOf(text: string): readonly unknown[] {
  const read = parseText(text)
  return read.ok ? [] : read.problems.map(brief)
}
