import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeFigure, encodeFigure, unknownCode } from '../../src/model/figure-code.ts'

test('what is kept exactly, and what is not known', () => {
  for (const exact of [0, 1, 2, 3, 100, 512, 1_024, 2_047, 2_048, 4_096, 65_536, 0.5, 0.25, 12.5, 2 ** 39]) {
    assert.equal(decodeFigure(encodeFigure(exact)), exact)
  }
  for (const unknown of [null, Number.NaN, -1, -1e-9, Number.POSITIVE_INFINITY])
    assert.equal(encodeFigure(unknown), unknownCode)
  assert.equal(decodeFigure(unknownCode), null)
})

test('any figure a machine can have comes back within 0.05 %', () => {
  fc.assert(
    fc.property(fc.double({ min: 2 ** -22, max: 2 ** 40, noNaN: true }), (value) => {
      const kept = decodeFigure(encodeFigure(value))!
      assert.ok(Math.abs(kept - value) <= value * 0.0005, `${value} came back as ${kept}`)
    }),
  )
})

test('what is beyond the range stays a figure, and the order of figures is that of their codes', () => {
  assert.ok(decodeFigure(encodeFigure(1e300))! > 1e12)
  assert.equal(decodeFigure(encodeFigure(1e-300)), 0)
  fc.assert(fc.property(fc.integer({ min: 0, max: 65_533 }), (code) => decodeFigure(code)! < decodeFigure(code + 1)!))
})
