import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { journalIn, journalOnDisk } from '../../lab/journal.ts'

const folder = mkdtempSync(join(tmpdir(), 'vigia-journal-'))
after(() => rmSync(folder, { recursive: true }))

const program = join(import.meta.dirname, '../../lab/guest/journal.pl')

/** One run of the guest's program, on a file in place of its disk. */
function answers(disk: string, ...lines: readonly string[]): string[] {
  const code = 'our $journal_disk = shift; do shift or die $@; print journal_answer($_), "\\n" while <STDIN>'
  const ran = spawnSync('perl', ['-we', code, disk, program], { input: `${lines.join('\n')}\n`, encoding: 'utf8' })
  assert.equal(ran.stderr, '')
  return ran.stdout.trimEnd().split('\n')
}

function disk(name: string): string {
  const path = join(folder, name)
  writeFileSync(path, '')
  truncateSync(path, 1 << 20)
  return path
}

test('what is acknowledged is on the disk, and a later run goes on behind it', () => {
  const path = disk('a')
  assert.deepEqual(answers(path, 'put 1', 'put 2', 'put 5'), ['ok 1', 'ok 2', 'ok 5'])
  assert.deepEqual(answers(path, 'since 2', 'put 6', 'since 0'), ['ok 2 5 end', 'ok 6', 'ok 1 2 5 6 end'])
  assert.deepEqual([...journalOnDisk(path)], [1, 2, 5, 6])
})

test('more than fits one read', () => {
  const path = disk('b')
  const numbers = Array.from({ length: 5_000 }, (_, index) => index + 1)
  answers(path, ...numbers.slice(0, 4_999).map((number) => `put ${number}`))
  assert.deepEqual(answers(path, 'put 5000', 'since 4998'), ['ok 5000', 'ok 4998 4999 5000 end'])
  assert.equal(answers(path, 'since 1')[0], `ok ${numbers.join(' ')} end`)
})

test('what cannot be done is no acknowledgement', () => {
  assert.match(answers(disk('c'), 'put', 'put x', 'forget 1').join('\n'), /^(error: expected .*\n?){3}$/)
  assert.match(answers(join(folder, 'none'), 'put 1')[0]!, /^error: .*none: No such file/)
})

test('a disk is read up to what is no record', () => {
  assert.deepEqual([...journalIn(Buffer.alloc(64))], [])
  const two = readFileSync(disk('d'))
  two.write('000000000000007\n000000000000009\n00000000000001')
  assert.deepEqual([...journalIn(two)], [7, 9])
})
