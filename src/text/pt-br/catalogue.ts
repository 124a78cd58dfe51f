import type { Catalogue } from '../text-of.ts'
import { cli } from './cli.ts'
import { checks, remedies } from './doctor.ts'
import { actors, events, eventWords } from './events.ts'
import { actions, faults, faultWords, hints, outcomes, refusals } from './faults.ts'
import { obstacles } from './migration.ts'
import { hostRefusals, moveCauses, moveWays, proofLacks, proofs, standings } from './places.ts'
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

/** Brazilian Portuguese, in the words of docs/glossary.md. */
export const ptBr: Catalogue = {
  cli,
  checks,
  remedies,
  units,
  reasons,
  needs,
  pauseCauses,
  hostRefusals,
  moveCauses,
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
