import type { FaultDetails, Outcome } from '../../model/fault.ts'
import { Fault } from '../../model/fault.ts'
import type { Power } from '../../ports/fencer.ts'
import type { AgentRun } from './agent-run.ts'

/** Which call it was, for the sentence of a fault. */
export interface AgentCall {
  readonly host: string
  readonly device: string
  readonly action: 'power-off' | 'power-on' | 'power-status' | 'device-parameters'
  readonly limitMs: number
}

/** What a fault repeats of a program's complaint. */
const complaintMaxChars = 300

/** The program ended before it asked the device for anything: what it then says, in the words of the shared library of the fence agents. */
const nothingAsked =
  /unable to connect|login to fencing device|parse error|you have to|unrecognised action|invalid privileges|not have the correct privileges/i

/** Whether the power is on. Faults: `fence-failed`. */
export function powerOf(run: AgentRun, call: AgentCall, clean: (text: string) => string): Power {
  if (run.kind === 'ended') {
    const saysOff = /\boff\b/i.test(run.said)
    if (run.code === 0 && !saysOff) return 'on'
    // A host is declared dead by this answer. Code 2 alone is no proof: shells and interpreters end with it when they cannot
    // even read the program, and so do wrong arguments. Every agent that can read the power also says the word.
    if (run.code === 2 && saysOff) return 'off'
  }
  throw failed(run, call, clean, run.kind === 'ended' ? 'not-done' : 'unknown')
}

/** A command that went well by its own word. Faults: `fence-failed`. */
export function mustBeDone(run: AgentRun, call: AgentCall, clean: (text: string) => string): void {
  if (run.kind === 'ended' && run.code === 0) return
  const early = run.kind === 'ended' && nothingAsked.test(`${run.complained}\n${run.said}`)
  throw failed(run, call, clean, early ? 'not-done' : 'unknown')
}

function failed(run: AgentRun, call: AgentCall, clean: (text: string) => string, outcome: Outcome): Fault {
  const { host, device, action, limitMs } = call
  if (run.kind === 'absent') return new Fault('fence-absent', 'not-done', { host, device, text: run.reason })
  const details: FaultDetails = { host, device, action }
  if (run.kind === 'hung') return new Fault('fence-failed', 'unknown', { ...details, limitMs })
  const ended = run.code === null ? 'killed' : `exit code ${run.code}`
  const complaint = oneLine(clean(run.complained.trim() || run.said))
  const text = complaint === '' ? ended : `${ended}: ${complaint}`
  return new Fault('fence-failed', outcome, { ...details, text })
}

/** The last lines say what was the matter; those before tell how it came. */
function oneLine(text: string): string {
  const line = text.trim().replaceAll(/\s+/g, ' ')
  return line.length <= complaintMaxChars ? line : `… ${line.slice(-complaintMaxChars)}`
}
