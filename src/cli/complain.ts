import { RemoteFault } from '../client/client.ts'
import type { ApplyRefusalView } from '../contract/apply.ts'
import { exitCodeOf, exitCodes } from '../contract/exit-codes.ts'
import type { FaultData } from '../model/fault.ts'
import { Fault, faultData } from '../model/fault.ts'
import type { Text } from '../text/text.ts'
import { reasonLines } from './reason-lines.ts'
import { UsageError } from './usage.ts'

/** What is said of an error, and how the command ends. Stacks are for bugs only, and never instead of a sentence. */
export function complaint(
  text: Text,
  error: unknown,
): { readonly lines: readonly string[]; readonly exitCode: number } {
  if (error instanceof UsageError) {
    const see = text.cli('usage-see', error.command === null ? {} : { command: error.command })
    return { lines: [`vigia: ${error.message}`, see], exitCode: exitCodes.usage }
  }
  const fault = faultData(error)
  const problems = error instanceof RemoteFault ? error.problems.map((problem) => text.problemLine(problem)) : []
  const refusals = error instanceof RemoteFault ? error.refusals : []
  const { sentence, hint } = faultWords(text, fault, refusals)
  const reasons = error instanceof RemoteFault ? error.reasons.flatMap((one) => reasonLines(text, one)) : []
  const lines = [
    ...problems,
    `vigia: ${sentence}`,
    ...refusals.map((one) => `  ${refusalText(text, one)}`),
    ...reasons.map((line) => `  ${line}`),
  ]
  const known = fault.outcome === 'unknown' && error instanceof Fault ? [`  ${text.fault(fault).known}`] : []
  return { lines: [...lines, ...known, text.cli('hint', { text: hint })], exitCode: exitCodeOf(fault.code) }
}

/** Some refusals say more than their code; the rest is said by the catalogue of faults. */
function faultWords(
  text: Text,
  fault: FaultData,
  refusals: readonly ApplyRefusalView[],
): { readonly sentence: string; readonly hint: string } {
  if (fault.code === 'refused') return refusedWords(text, fault) ?? text.fault(fault)
  if (fault.code !== 'needs-force') return text.fault(fault)
  if (refusals.length > 0) return { sentence: text.cli('needs-force-apply'), hint: text.cli('hint-needs-force-apply') }
  const guests = listOf(fault.details.guests)
  const named = text.list(listOf(fault.details.named))
  const count = guests.length
  return {
    sentence: text.cli('needs-force-shutdown', { count, named, guests: text.list(guests) }),
    hint: text.cli('hint-needs-force-shutdown', { count }),
  }
}

function refusedWords(text: Text, { details }: FaultData): { sentence: string; hint: string } | null {
  const guest = String(details.guest ?? '')
  const wished = text.size(Number(details.wishedMib ?? 0))
  switch (details.why) {
    case 'no-cluster-file':
      return { sentence: text.cli('refused-no-cluster-file'), hint: text.cli('hint-no-cluster-file') }
    case 'ignored':
      return { sentence: text.cli('refused-ignored', { guest }), hint: text.cli('hint-ignored', { guest }) }
    case 'need-disabled': {
      const need = String(details.need ?? '')
      return {
        sentence: text.cli('refused-need-disabled', { guest, need }),
        hint: text.cli('hint-need-disabled', { need }),
      }
    }
    case 'not-running':
      return { sentence: text.cli('refused-not-running', { guest }), hint: text.cli('hint-not-running', { guest }) }
    case 'memory-above-maximum': {
      const maximum = text.size(Number(details.maximumMib ?? 0))
      return {
        sentence: text.cli('refused-memory-above-maximum', { guest, wished, maximum }),
        hint: text.cli('hint-memory-above-maximum'),
      }
    }
    case 'memory-too-small': {
      const smallest = text.size(Number(details.smallestMib ?? 0))
      return {
        sentence: text.cli('refused-memory-too-small', { guest, wished, smallest }),
        hint: text.cli('hint-memory-too-small'),
      }
    }
    default:
      return null
  }
}

/** Why an applied file would break what runs; also shown by a dry run. */
export function refusalText(text: Text, refusal: ApplyRefusalView): string {
  const { guest = '', host = '', from = '', to = '', need = '', needing = [], guests = [] } = refusal
  const { first = '', hosts = [], count = 0, limit = 0 } = refusal
  switch (refusal.code) {
    case 'machine-changed-while-running':
      return text.cli('would-machine-changed-while-running', { guest, from, to })
    case 'would-pause':
      return text.cli('would-would-pause', { guest, need })
    case 'would-stop-needed':
      return text.cli('would-would-stop-needed', { guest, needing: text.list(needing) })
    case 'would-stop-standby':
      return text.cli('would-would-stop-standby', { guest, first })
    case 'host-dropped-with-guests':
      return text.cli('would-host-dropped-with-guests', { host, guests: text.list(guests) })
    case 'would-not-survive':
      return text.cli('would-would-not-survive', { hosts: text.list(hosts), guests: text.list(guests) })
    case 'too-many-losses':
      return text.cli('would-too-many-losses', { count, limit })
  }
}

function listOf(value: FaultData['details'][string] | undefined): readonly string[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [String(value)]
}
