import { nearest } from '../../model/file/nearest.ts'
import type { GuestId, HostId, ServiceKey } from '../../model/ids.ts'
import { guestId, hostId, serviceKey } from '../../model/ids.ts'
import type { Command, GuestAction, StoreMode } from './scenario.ts'
import type { PlacedText, Source } from './source.ts'
import { parseDuration, quote } from './source.ts'

/** Names a command may use. */
export interface Names {
  readonly hosts: ReadonlySet<string>
  readonly guests: ReadonlySet<string>
  /** Every `guest:port/protocol` some guest serves. */
  readonly services: ReadonlySet<string>
}

/** What the tokens of a command line became, by kind, in the order they stand. */
interface Parts {
  readonly hosts: readonly HostId[]
  readonly guest: GuestId
  readonly service: ServiceKey
  /** The words chosen where a pattern offers several. */
  readonly word: string
  readonly ms: number
  readonly percent: number
}

interface Form {
  /** `H` a host, `G` a guest, `S` guest:service, `T` a time, `±T` a signed time, `P` a percentage, else a word or `a|b`. */
  readonly tokens: readonly string[]
  readonly build: (parts: Parts) => Command
}

function form(pattern: string, build: (parts: Parts) => Command): Form {
  return { tokens: pattern.split(' '), build }
}

function hostForm<K extends 'cut-store' | 'heal-store' | 'freeze' | 'thaw' | 'shutdown' | 'reboot' | 'swear-dead'>(
  kind: K,
): Form {
  return form(`${kind} H`, ({ hosts }) => ({ kind, host: hosts[0]! }))
}

function switchForm(kind: 'power' | 'network' | 'maintenance'): Form {
  return form(`${kind} H on|off`, ({ hosts, word }) => ({ kind, host: hosts[0]!, on: word === 'on' }))
}

function linkForms(kind: 'cut' | 'heal'): Form[] {
  return [
    form(`${kind} H H`, ({ hosts }) => ({ kind, host: hosts[0]!, other: hosts[1]!, oneWay: false })),
    form(`${kind} H > H`, ({ hosts }) => ({ kind, host: hosts[0]!, other: hosts[1]!, oneWay: true })),
  ]
}

/** Every command there is. */
const forms: readonly Form[] = [
  switchForm('power'),
  switchForm('network'),
  switchForm('maintenance'),
  ...linkForms('cut'),
  ...linkForms('heal'),
  hostForm('cut-store'),
  hostForm('heal-store'),
  hostForm('freeze'),
  hostForm('thaw'),
  hostForm('shutdown'),
  hostForm('reboot'),
  hostForm('swear-dead'),
  form('agent H restart', ({ hosts }) => ({ kind: 'agent-restart', host: hosts[0]! })),
  form('clock H ±T', ({ hosts, ms }) => ({ kind: 'clock', host: hosts[0]!, byMs: ms })),
  form('guest G start|stop|ignore|disable|remove|crash', ({ guest, word }) => ({
    kind: 'guest',
    guest,
    action: word as GuestAction,
  })),
  form('guest G migrate H', ({ guest, hosts }) => ({ kind: 'move', guest, to: hosts[0]!, live: true })),
  form('guest G relocate H', ({ guest, hosts }) => ({ kind: 'move', guest, to: hosts[0]!, live: false })),
  form('watch G on|off', ({ guest, word }) => ({ kind: 'watch', guest, on: word === 'on' })),
  form('service S up|down', ({ guest, service, word }) => ({ kind: 'service', guest, service, up: word === 'up' })),
  form('store on|off|readonly|slow', ({ word }) => ({ kind: 'store', mode: word as StoreMode })),
  form('fence-device H works|fails|lies|dead', ({ hosts, word }) => ({
    kind: 'fence-device',
    host: hosts[0]!,
    mode: word as 'works' | 'fails' | 'lies' | 'dead',
  })),
  form('leader kill', () => ({ kind: 'leader-kill' })),
  form('arm', () => ({ kind: 'arm' })),
  form('disarm', () => ({ kind: 'disarm' })),
  form('drop-messages P for T', ({ percent, ms }) => ({ kind: 'drop-messages', percent, forMs: ms })),
]

const verbs = [...new Set(forms.map((candidate) => candidate.tokens[0]!))]

/** What a line holds where a form stops matching it; `place` counts tokens. */
interface Mismatch {
  readonly place: number
  readonly expected: string
  readonly known: Iterable<string>
}

/** One command line; null (and a problem at the offending word) when it is none. */
export function parseCommand(source: Source, line: PlacedText, names: Names): Command | null {
  const words = [...line.text.matchAll(/\S+/g)].map((match) => ({
    text: match[0],
    offset: line.offset + match.index,
  }))
  const verb = words[0]?.text ?? ''
  const candidates = forms.filter((candidate) => candidate.tokens[0] === verb)
  if (candidates.length === 0) {
    source.refuse(words[0]?.offset ?? line.offset, `a command (${verbs.join(', ')})`, quote(verb), nearest(verb, verbs))
    return null
  }
  const mismatches: Mismatch[] = []
  for (const candidate of candidates) {
    const result = match(
      candidate,
      words.map((word) => word.text),
      names,
    )
    if ('kind' in result) return result
    mismatches.push(result)
  }
  report(source, line, words, mismatches)
  return null
}

/** Tells the mismatch of the form that came furthest: what was most likely meant. */
function report(source: Source, line: PlacedText, words: readonly PlacedText[], mismatches: readonly Mismatch[]): void {
  const place = Math.max(...mismatches.map((mismatch) => mismatch.place))
  const last = mismatches.filter((mismatch) => mismatch.place === place)
  const word = words[place]
  const expected = [...new Set(last.map((mismatch) => mismatch.expected))].join(' or ')
  const known = last.flatMap((mismatch) => [...mismatch.known])
  if (word === undefined) source.refuse(line.offset + line.text.length, expected, 'the end of the command')
  else source.refuse(word.offset, expected, quote(word.text), nearest(word.text, known))
}

function match(candidate: Form, words: readonly string[], names: Names): Command | Mismatch {
  const hosts: HostId[] = []
  const parts = { hosts, guest: guestId(''), service: serviceKey(''), word: '', ms: 0, percent: 0 }
  for (const [place, token] of candidate.tokens.entries()) {
    const wrong = take(token, words[place], names, parts, hosts)
    if (wrong !== null) return { place, ...wrong }
  }
  if (words.length > candidate.tokens.length) {
    return { place: candidate.tokens.length, expected: 'the end of the command', known: [] }
  }
  return candidate.build(parts)
}

type Wrong = { readonly expected: string; readonly known: Iterable<string> } | null

/** Fits one word to one token of a form, filling `parts`. */
function take(
  token: string,
  word: string | undefined,
  names: Names,
  parts: { -readonly [K in keyof Parts]: Parts[K] },
  hosts: HostId[],
): Wrong {
  switch (token) {
    case 'H':
      if (word === undefined || !names.hosts.has(word)) return { expected: 'a host', known: names.hosts }
      hosts.push(hostId(word))
      return null
    case 'G':
      if (word === undefined || !names.guests.has(word)) return { expected: 'a guest', known: names.guests }
      parts.guest = guestId(word)
      return null
    case 'S': {
      if (word === undefined || !names.services.has(word)) {
        return { expected: 'a service of a guest, as guest:port/protocol', known: names.services }
      }
      const [guest = '', key = ''] = word.split(':')
      parts.guest = guestId(guest)
      parts.service = serviceKey(key)
      return null
    }
    case 'T':
    case '±T': {
      const signed = token === '±T'
      const sign = signed ? /^[+-]/.exec(word ?? '')?.[0] : '+'
      const ms = parseDuration((word ?? '').slice(signed ? 1 : 0))
      const expected = signed ? 'a signed time such as +90s' : 'a time such as 60s'
      if (sign === undefined || ms === null) return { expected, known: [] }
      parts.ms = sign === '-' ? -ms : ms
      return null
    }
    case 'P': {
      const percent = /^(\d{1,3})%$/.exec(word ?? '')?.[1]
      if (percent === undefined || Number(percent) > 100) return { expected: 'a percentage such as 33%', known: [] }
      parts.percent = Number(percent)
      return null
    }
    default: {
      const choices = token.split('|')
      if (word === undefined || !choices.includes(word)) return { expected: choices.join(', '), known: choices }
      if (choices.length > 1) parts.word = word
      return null
    }
  }
}
