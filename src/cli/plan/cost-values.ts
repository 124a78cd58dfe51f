import { type Money, moneyText } from '../../model/plan/money.ts'
import type { Text } from '../../text/text.ts'

/** Amounts of one currency, for people and for programs. */
export interface MoneyWords {
  /** `R$298,810.00` */
  said(amount: Money): string
  /** `298810.00`, as text. */
  plain(amount: Money): string
}

export function moneyWords(text: Text, currency: string): MoneyWords {
  return {
    said: (amount) => text.money(moneyText(amount, currency), currency),
    plain: (amount) => moneyText(amount, currency),
  }
}

/** Cells of one column, so that their ends stand under each other. */
export function alignedRight(rows: readonly (readonly string[])[], from: number): string[][] {
  const widths = rows.reduce<number[]>((most, row) => row.map((cell, at) => Math.max(most[at] ?? 0, cell.length)), [])
  return rows.map((row) => row.map((cell, at) => (at < from || cell === '' ? cell : cell.padStart(widths[at] ?? 0))))
}
