import assert from 'node:assert/strict'
import { test } from 'node:test'
import { brief, type Files, parseText } from './samples.ts'

/** Every error class of `vigia.yaml`: the text, what it must say and where (`line:column code path`), and the data of the first one. */
export interface Case {
  readonly says: string
  readonly text: string
  readonly problems: readonly string[]
  readonly data?: Partial<Record<string, unknown>>
  readonly files?: Files
}

export const guests = (lines: string) => `version: 1\nguests:\n${lines}`

/** A test of each. */
export function refuses(cases: readonly Case[]): void {
  for (const { says, text, problems, data, files } of cases) {
    test(`refused with its place: ${says}`, () => {
      const result = parseText(text, files, 'vigia')
      assert.ok(!result.ok)
      assert.deepEqual(result.problems.map(brief), problems)
      for (const problem of result.problems) assert.equal(problem.severity, 'error')
      const first: Readonly<Record<string, unknown>> = { ...result.problems[0] }
      for (const [key, value] of Object.entries(data ?? {})) assert.deepEqual(first[key], value, key)
    })
  }
}
