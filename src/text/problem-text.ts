import type { Place, Problem } from '../model/file/problem.ts'
import type { Messages, Value, Values } from './message.ts'
import { fill } from './message.ts'
import type { Quantities } from './quantities.ts'
import type { Spoken } from './text-of.ts'

/** One sentence, without its place. */
export function problemText(problem: Problem, catalogue: Spoken, quantities: Quantities): string {
  const messages: Messages = catalogue.problems
  return fill(messages[messageKey(problem)] ?? problem.code, values(problem, catalogue, quantities), quantities.filling)
}

/** `vigia.yaml:12:5: error: guests.web.services[1]: expected …`, as editors and compilers write it. */
export function problemLine(problem: Problem, catalogue: Spoken, quantities: Quantities): string {
  const path = problem.path === '' ? '' : `${problem.path}: `
  const head = `${placeText(problem)}: ${catalogue.severities[problem.severity]}: ${path}`
  return fill('{head}', { head }, quantities.filling).concat(' ', problemText(problem, catalogue, quantities))
}

function placeText(place: Place): string {
  return `${place.file}:${place.line}:${place.column}`
}

function messageKey(problem: Problem): string {
  if (problem.code !== 'memory-order') return problem.code
  if (problem.expected === 'min-below-all') return 'memory-order-min'
  return problem.expected === 'run-below-start' ? 'memory-order-run' : 'memory-order-max'
}

function values(problem: Problem, catalogue: Spoken, quantities: Quantities): Values {
  const words: Messages = catalogue.problemWords
  const word = (key: string): string => words[key] ?? key
  return {
    ...commonValues(problem, catalogue, quantities),
    ...ownValues(problem, catalogue, quantities, word),
  }
}

/** What most problems have: `got`, `expected` as a list of choices, `nearest`, `first`, `guest`, `what`. */
function commonValues(problem: Problem, catalogue: Spoken, quantities: Quantities): Values {
  const values: Record<string, Value> = {}
  if ('got' in problem) values.got = gotText(problem.got, catalogue, quantities)
  if ('nearest' in problem && problem.nearest !== null) values.nearest = problem.nearest
  if ('first' in problem) values.first = placeText(problem.first)
  if ('guest' in problem) values.guest = problem.guest
  if ('expected' in problem) values.expected = expectedText(problem.expected, quantities)
  return values
}

function gotText(got: string | number | readonly string[], catalogue: Spoken, quantities: Quantities): Value {
  if (typeof got === 'number') return got
  if (typeof got === 'string') return got === '' ? catalogue.problemWords.nothing : got
  return quantities.list(got)
}

function expectedText(expected: string | number | readonly string[], quantities: Quantities): Value {
  if (typeof expected === 'number' || typeof expected === 'string') return expected
  return expected.length === 0 ? '' : quantities.choice(expected)
}

function ownValues(problem: Problem, catalogue: Spoken, quantities: Quantities, word: (key: string) => string): Values {
  switch (problem.code) {
    case 'unreadable':
      return { reason: word(problem.reason) }
    case 'too-many':
    case 'yaml-feature':
    case 'bad-unit':
    case 'taken-twice':
      return { what: word(problem.what) }
    case 'include-cycle':
      return { files: problem.files.join(` ${word('includes')} `) }
    case 'standby-state':
      return { wish: problem.wish }
    case 'standby-lacks':
      return { services: quantities.list(problem.services), count: problem.services.length }
    case 'rules-contradict':
      return { guests: quantities.list(problem.guests) }
    case 'too-few-hosts':
      return { guests: quantities.list(problem.guests), hosts: quantities.list(problem.hosts) }
    case 'cycle':
      return { guests: problem.guests.join(' -> ') }
    case 'yaml-syntax':
      return { reason: problem.reason, mistake: yamlMistake(problem.what, catalogue) }
    case 'key-not-here':
    case 'range-order':
      return { expected: word(problem.expected) }
    case 'bad-name':
      return { expected: word(problem.reason) }
    case 'wrong-type':
      return { expected: catalogue.expectedTypes[problem.expected] }
    case 'bad-form':
      return { expected: catalogue.expectedForms[problem.expected] }
    case 'lauxen-syntax':
      return { expected: catalogue.lauxenExpected[problem.expected] }
    case 'out-of-range':
      return rangeValues(problem, quantities)
    case 'memory-order':
    case 'over-committed':
      return memoryValues(problem, quantities)
    default:
      return {}
  }
}

/** Times as people write them: `4 s` to `10 min`. */
function rangeValues({ from, to, unit }: Extract<Problem, { code: 'out-of-range' }>, { duration }: Quantities): Values {
  return unit === 'ms' ? { from: duration(from), to: duration(to) } : { from, to, unit: unit ?? undefined }
}

function memoryValues(
  problem: Extract<Problem, { code: 'memory-order' | 'over-committed' }>,
  { size }: Quantities,
): Values {
  if (problem.code === 'memory-order') {
    const max = problem.maxMib === null ? undefined : size(problem.maxMib)
    if (problem.expected === 'min-below-all') {
      const others = [problem.runMib, problem.startMib, problem.maxMib ?? 0].filter((mib) => mib > 0)
      return { min: size(problem.minMib ?? 0), least: size(Math.min(...others)) }
    }
    return { run: size(problem.runMib), start: size(problem.startMib), max }
  }
  return {
    host: problem.host ?? undefined,
    needed: size(problem.neededMib),
    available: size(problem.availableMib),
    run: size(problem.runMib),
    surplus: size(problem.surplusMib),
    memory: size(problem.memoryMib),
    overcommit: problem.overcommit,
    reserved: size(problem.reservedMib),
  }
}

function yamlMistake(what: string, catalogue: Spoken): string {
  const mistakes: Messages = catalogue.yamlMistakes
  return mistakes[what] ?? catalogue.yamlMistakes.other
}
