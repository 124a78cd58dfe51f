import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cpio } from '../../lab/cpio.ts'

interface Entry {
  readonly path: string
  readonly mode: number
  readonly content: string
}

/** Reads the "newc" format as its description says. */
function entriesOf(archive: Buffer): Entry[] {
  const entries: Entry[] = []
  for (let at = 0; at < archive.length; ) {
    assert.equal(archive.toString('latin1', at, at + 6), '070701')
    const field = (index: number): number =>
      Number.parseInt(archive.toString('latin1', at + 6 + index * 8, at + 14 + index * 8), 16)
    const nameEnd = at + 110 + field(11)
    const contentAt = Math.ceil(nameEnd / 4) * 4
    const path = archive.toString('utf8', at + 110, nameEnd - 1)
    entries.push({ path, mode: field(1), content: archive.toString('utf8', contentAt, contentAt + field(6)) })
    at = Math.ceil((contentAt + field(6)) / 4) * 4
  }
  return entries
}

test('folders come before what lies in them, and the archive has its end mark', () => {
  const archive = cpio([{ path: 'lib/modules/a.ko', content: Buffer.from('odd') }], ['dev'])
  assert.deepEqual(
    entriesOf(archive).map(({ path }) => path),
    ['dev', 'lib', 'lib/modules', 'lib/modules/a.ko', 'TRAILER!!!'],
  )
})

test('content and permissions arrive as they were given', () => {
  const archive = cpio(
    [
      { path: 'init', content: Buffer.from('#!/bin/perl\n'), executable: true },
      { path: 'data', content: Buffer.from('12345') },
    ],
    [],
  )
  assert.deepEqual(entriesOf(archive).slice(0, 2), [
    { path: 'init', mode: 0o100755, content: '#!/bin/perl\n' },
    { path: 'data', mode: 0o100644, content: '12345' },
  ])
})
