import { type FileNode, shorten } from '../file/node.ts'
import { scalar, whole } from '../file/scalar-shape.ts'
import { field, made, mapOf, type Shape } from '../file/shape.ts'
import type { NamedAmount } from './cost.ts'
import { isCurrency, type Money, moneyFrom } from './money.ts'
import { type Ratio, ratio, ratioFrom } from './ratio.ts'

/** More machines, ports or years than this are a slip of the keyboard. */
export const mostOfAnything = 1_000_000
export const mostYears = 50

/** Names of a file's own items; more say nothing to a reader. */
const maxNamed = 200

export const currency: Shape<string> = scalar('text', { type: 'string', pattern: '^[A-Z]{3}$' }, (node, reader) =>
  isCurrency(node.text)
    ? node.text
    : reader.error(node, { code: 'bad-form', expected: 'currency', got: shorten(node.text) }),
)

/** An amount that is not negative, exact to the smallest unit of the currency. */
export function money(code: string): Shape<Money> {
  return scalar('number', { type: 'number', minimum: 0 }, (node, reader) => {
    const amount = moneyFrom(node.text, code)
    if (amount !== null && amount >= 0n) return amount
    return reader.error(node, { code: 'bad-form', expected: 'money', got: shorten(node.text) })
  })
}

/** A decimal between two whole bounds, kept exactly. */
export function exact(from: number, to: number): Shape<Ratio> {
  return scalar('number', { type: 'number', minimum: from, maximum: to }, (node, reader) => {
    const got = shorten(node.text)
    const value = ratioFrom(node.text)
    if (value === null) return reader.error(node, { code: 'bad-form', expected: 'decimal', got })
    const inside = value.over >= BigInt(from) * value.under && value.over <= BigInt(to) * value.under
    return inside ? value : reader.error(node, { code: 'out-of-range', from, to, unit: null, got })
  })
}

export const count = whole(0, mostOfAnything)

/** Amounts under names of the file's own, in their order. */
export function amounts(code: string): Shape<readonly NamedAmount[]> {
  return made(
    mapOf(() => true, money(code), '', maxNamed),
    (found) => found.flatMap(({ key, value }) => (value === undefined ? [] : [{ name: key, amount: value }])),
  )
}

/** What is there for people to read: taken as it is, and not looked at. */
export const remark: Shape<FileNode> = { read: (node) => node, schema: () => ({}) }

export const remarkField = field(remark, 'For people; not read.')

export const noRatio = ratio(0n)
