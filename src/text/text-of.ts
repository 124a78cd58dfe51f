import type { Wanted } from '../model/assignment.ts'
import type { Actor, EventWord, HistoryEvent } from '../model/event.ts'
import type { FaultData } from '../model/fault.ts'
import type { Problem } from '../model/file/problem.ts'
import type { WishState } from '../model/guest.ts'
import type { GuestMove, HostRefusal, MoveCause, Proof, Standing } from '../model/member.ts'
import type { MigrationObstacle } from '../model/migration.ts'
import type { OnLoss } from '../model/need.ts'
import type { RunState, Verdict } from '../model/observation.ts'
import type { GuestState, Phase } from '../model/phase.ts'
import type { ProofLack, Reason, UnmetNeed } from '../model/reason.ts'
import type { Check, CheckText } from './check-text.ts'
import { checkText } from './check-text.ts'
import type { en } from './en/catalogue.ts'
import { eventText } from './event-text.ts'
import type { FaultText } from './fault-text.ts'
import { faultText } from './fault-text.ts'
import type { Locale } from './locale.ts'
import type { ArgumentList, Translated } from './message.ts'
import { fill } from './message.ts'
import { obstacleText } from './obstacle-text.ts'
import { problemLine, problemText } from './problem-text.ts'
import type { Quantities } from './quantities.ts'
import { createQuantities } from './quantities.ts'
import { needsText, reasonText, refusalText } from './reason-text.ts'

type English = typeof en

/** Every language has these rooms, each with the keys of the English one. */
export type Catalogue = { readonly [Room in keyof English]: Translated<English[Room]> }

/** What is said of guests, hosts and faults, wherever it is said: the command line has words of its own beside it. */
export type Spoken = Omit<Catalogue, CommandLine>

type CommandLine = 'cli' | 'checks' | 'remedies'

/** All that is said to people of guests, hosts and faults, in one language. Pure: the same data always reads the same. */
export interface Speech extends Omit<Quantities, 'filling'> {
  readonly locale: Locale
  /** A clause said after a guest's name, without a full stop: `waits for dns:53/udp, which refuses connections`. */
  reason(reason: Reason): string
  /** Why a host cannot take a guest: `node2 is in maintenance`. */
  hostRefusal(host: string, why: HostRefusal): string
  standing(standing: Standing): string
  moveWay(how: GuestMove['how']): string
  moveCause(cause: MoveCause): string
  proofLack(lack: ProofLack): string
  proof(kind: Proof['kind']): string
  /** `dns:53/udp, which refuses connections`. */
  needs(needs: readonly UnmetNeed[]): string
  fault(fault: FaultData): FaultText
  /** What stands in the way of a migration, said after the guest's name: `has a device of this host: hostdev pci`. */
  obstacle(obstacle: MigrationObstacle): string
  /** One sentence on the cluster file, without its place. */
  problem(problem: Problem): string
  /** The same with its place: `vigia.yaml:12:5: error: guests.web: expected …`. */
  problemLine(problem: Problem): string
  /** One line of history, without its time. */
  event(event: HistoryEvent): string
  eventWord(word: EventWord): string
  actor(actor: Actor): string
  state(state: GuestState): string
  phase(phase: Phase): string
  run(run: RunState): string
  verdict(verdict: Verdict): string
  wish(wish: WishState): string
  wanted(wanted: Wanted): string
  onLoss(onLoss: OnLoss): string
}

/** The same with the words of the command line. */
export interface Text extends Speech {
  /** A message of the command line: `text.cli('guest-count', { count: 3 })`. */
  cli<Key extends keyof English['cli']>(key: Key, ...values: ArgumentList<English['cli'][Key]>): string
  /** One check of `vigia doctor`: what was found, and what to do about it. */
  check(check: Check): CheckText
}

interface Options {
  /** An IANA name; absent = that of the process. */
  readonly timeZone?: string
}

/** With this catalogue and no other: a browser loads only the language it shows. */
export function textOf(locale: Locale, catalogue: Catalogue, options: Options = {}): Text {
  const quantities = createQuantities(locale, catalogue.units, options.timeZone)
  return {
    ...speechOf(locale, catalogue, options),
    cli: (key, ...values) => fill(catalogue.cli[key] ?? key, values[0] ?? {}, quantities.filling),
    check: (check) => checkText(check, catalogue, quantities),
  }
}

export function speechOf(locale: Locale, catalogue: Spoken, options: Options = {}): Speech {
  const { filling, ...quantities } = createQuantities(locale, catalogue.units, options.timeZone)
  const withFilling = { filling, ...quantities }
  return {
    locale,
    ...quantities,
    reason: (reason) => reasonText(reason, catalogue, withFilling),
    hostRefusal: (host, why) => refusalText(host, why, catalogue, withFilling),
    standing: (standing) => catalogue.standings[standing],
    moveWay: (how) => catalogue.moveWays[how],
    moveCause: (cause) => catalogue.moveCauses[cause],
    proofLack: (lack) => catalogue.proofLacks[lack],
    proof: (kind) => catalogue.proofs[kind],
    needs: (needs) => needsText(needs, catalogue, withFilling),
    fault: (fault) => faultText(fault, catalogue, withFilling),
    obstacle: (obstacle) => obstacleText(obstacle, catalogue, withFilling),
    problem: (problem) => problemText(problem, catalogue, withFilling),
    problemLine: (problem) => problemLine(problem, catalogue, withFilling),
    event: (event) => eventText(event, catalogue, withFilling),
    eventWord: (word) => catalogue.eventWords[word],
    actor: (actor) => catalogue.actors[actor],
    state: (state) => catalogue.states[state],
    phase: (phase) => catalogue.phases[phaseKey(phase)],
    run: (run) => catalogue.runs[run],
    verdict: (verdict) => catalogue.verdicts[verdict],
    wish: (wish) => catalogue.wishes[wish],
    wanted: (wanted) => catalogue.wanteds[wanted],
    onLoss: (onLoss) => catalogue.onLoss[onLoss],
  }
}

function phaseKey(phase: Phase): keyof English['phases'] {
  if (phase.kind === 'starting' && phase.resumed) return 'resuming'
  if (phase.kind === 'stopping' && phase.next === 'start') return 'restarting'
  if (phase.kind === 'stopping' && phase.next === 'fail') return 'failing'
  return phase.kind
}
