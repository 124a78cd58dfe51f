import type { Spoken } from '../text-of.ts'
import { actors, events, eventWords } from './events.ts'
import { actions, faults, faultWords, hints, outcomes, refusals } from './faults.ts'
import { obstacles } from './migration.ts'
import {
  hostRefusals,
  moveCauses,
  moveLimitDeeds,
  moveLimitNames,
  moveWays,
  proofLacks,
  proofs,
  standings,
} from './places.ts'
import {
  expectedForms,
  expectedTypes,
  lauxenExpected,
  problems,
  problemWords,
  severities,
  yamlMistakes,
} from './problems.ts'
import { needs, pauseCauses, reasons } from './reasons.ts'
import { onLoss, phases, runs, states, verdicts, wanteds, wishes } from './states.ts'
import { units } from './units.ts'

/** What is said of guests, hosts and faults, whoever says it. */
export const spoken: Spoken = {
  units,
  reasons,
  needs,
  pauseCauses,
  hostRefusals,
  moveCauses,
  moveLimitDeeds,
  moveLimitNames,
  moveWays,
  proofLacks,
  proofs,
  standings,
  faults,
  hints,
  outcomes,
  refusals,
  actions,
  faultWords,
  obstacles,
  problems,
  severities,
  expectedTypes,
  expectedForms,
  lauxenExpected,
  problemWords,
  yamlMistakes,
  events,
  eventWords,
  actors,
  states,
  phases,
  runs,
  verdicts,
  wishes,
  wanteds,
  onLoss,
}
