import type { ApplyRefusalView } from '../contract/apply.ts'
import { refusalText } from './complain.ts'
import type { CliContext } from './context.ts'
import { say } from './output.ts'

/** What was done all the same, and leaves the cluster unable to bear a loss (`survivePolicy: warn`). A program gets it in the data. */
export function sayRisks(
  context: CliContext,
  { risks = [] }: { readonly risks?: readonly ApplyRefusalView[] | undefined },
): void {
  const { text, format } = context
  if (format !== 'table') return
  for (const risk of risks) say(context, text.cli('warning-risk', { risk: refusalText(text, risk) }))
}
