import { currencyDigits } from '../../model/plan/money.ts'
import type { ReportWords } from '../state/report-words.tsx'

/** An amount that came as a number, with all digits of its currency: below 2^53 of its smallest coin none is lost. */
export function moneyOf(words: Pick<ReportWords, 'money'>, amount: number, currency: string): string {
  return words.money(amount.toFixed(currencyDigits(currency)), currency)
}
