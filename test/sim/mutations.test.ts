import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { mutations } from '../../bench/mutation-list.ts'

for (const { rule, what, edits } of mutations) {
  test(`what breaks ${rule} by hand is in the code as it is: ${what}`, () => {
    for (const [file, before, after] of edits) {
      const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
      assert.equal(text.split(before).length, 2, `${file} holds exactly once: ${before}`)
      assert.notEqual(before, after)
    }
  })
}
