import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noVerdict, settle } from '../../src/core/settle.ts'

const policy = { intervalMs: 1_000, timeoutMs: 1_000, fall: 3, rise: 2 }

/** a = answered, r = refused, s = silent; upper case in the result: a confirmation is asked for. */
function play(outcomes: string): string {
  const words = { a: 'answered', r: 'refused', s: 'silent' } as const
  let state = noVerdict
  return [...outcomes]
    .map((letter) => {
      const next = settle(state, words[letter as 'a' | 'r' | 's'], policy)
      state = next.state
      const short = { unknown: '-', answering: 'a', refused: 'r', silent: 's' }[state.verdict]
      return next.confirm ? `${short}?` : short
    })
    .join(' ')
}

const table = [
  ['the first answer counts at once', 'a', 'a'],
  ['one refusal is confirmed before it counts', 'arr', 'a a? r'],
  ['a refusal that was not confirmed is forgotten', 'arar', 'a a? a a?'],
  ['silence needs its number in a row', 'asss', 'a a a s'],
  ['an answer between begins the count anew', 'assass', 'a a a a a a'],
  ['a lost service must rise as often as said', 'arraa', 'a a? r r? a'],
  ['never answered: silence still becomes a verdict', 'sss', '- - s'],
  ['now refused, now silent: not answering', 'arsrsa', 'a a? a s? s s?'],
  ['silent, then refused: told apart', 'asssrr', 'a a a s s? r'],
] as const

for (const [name, outcomes, expected] of table) test(name, () => assert.equal(play(outcomes), expected))
