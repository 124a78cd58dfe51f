import { type Figure, figure, type Measured } from '../figures.ts'
import { largest, median, smallest } from '../statistics.ts'
import { blows, type Recovery } from './faults.ts'
import type { HostIdle } from './idle.ts'
import type { Launch } from './launches.ts'
import { notes } from './notes.ts'
import type { BootPart, IdlePart, LaunchPart, MovePart, Part, RecoveryPart, Who } from './parts.ts'

const everybody: readonly Who[] = ['ours', 'ours-4000', 'peer', 'peer-1000', 'bare']

const whoWords: Readonly<Record<Who, string>> = {
  ours: 'Vigia',
  'ours-4000': 'Vigia, lease 4000',
  peer: 'Pacemaker',
  'peer-1000': 'Pacemaker, token 1000',
  bare: 'by hand',
}

const blowWords = { power: 'power cut', freeze: 'host frozen', network: 'network cut' } as const

const steps: readonly (readonly [string, string, (one: Recovery) => number | null])[] = [
  ['answers', '', (one) => one.answersMs],
  ['detection', '  of that: until the fence device is asked', (one) => one.detectionMs],
  ['proof', '  until it counts as dead', (one) => one.proofMs],
  ['placement', '  until the start is asked for elsewhere', (one) => one.placementMs],
  ['boot', '  until the guest answers at all', (one) => one.bootMs],
  ['service', '  until its service does', (one) => one.serviceMs],
]

/** Nothing is promised against a peer: figures beside each other, of one run. */
export function peerFigures(parts: readonly Part[]): Measured {
  const recoveries = parts.filter((part): part is RecoveryPart => 'recovery' in part)
  const boots = parts.filter((part): part is BootPart => 'boot' in part)
  const figures = [
    ...blows.flatMap((blow) =>
      byWho(
        recoveries.filter(({ subject }) => subject === blow),
        ofRecoveries,
      ),
    ),
    ...byWho(boots, ofBoots),
    ...byWho(
      parts.filter((part): part is MovePart => 'move' in part),
      ofMoves,
    ),
    ...byWho(
      parts.filter((part): part is LaunchPart => 'launch' in part),
      ofLaunches,
    ),
    ...byWho(
      parts.filter((part): part is IdlePart => 'idle' in part),
      ofIdle,
    ),
  ]
  return { figures, details: { parts }, notes: notes(parts) }
}

function byWho<P extends Part>(parts: readonly P[], figures: (own: readonly P[], who: Who) => Figure[]): Figure[] {
  return everybody.flatMap((who) => {
    const own = parts.filter((part) => part.who === who)
    return own.length === 0 ? [] : figures(own, who)
  })
}

function ofRecoveries(own: readonly RecoveryPart[], who: Who): Figure[] {
  const blow = own[0]!.subject
  return steps.flatMap(([id, words, pick]) => {
    const values = own.flatMap(({ recovery }) => pick(recovery) ?? []).map((ms) => ms / 1_000)
    const what = words === '' ? `${blowWords[blow]} -> service answers, ${whoWords[who]}` : words
    return values.length === 0 ? [] : [middle(`${blow}.${who}.${id}`, what, 's', values)]
  })
}

function ofBoots(own: readonly BootPart[], who: Who): Figure[] {
  const what = `the bound of these: the guest booted, ${whoWords[who]}`
  return [
    middle(
      'bound',
      what,
      's',
      own.map(({ boot }) => boot.answersMs / 1_000),
    ),
  ]
}

function ofMoves(own: readonly MovePart[], who: Who): Figure[] {
  const moves = own.map(({ move }) => move)
  const kept = moves.filter(({ kept }) => kept).length
  return [
    middle(
      `move.${who}.total`,
      `live migration, ${whoWords[who]}`,
      'ms',
      moves.map(({ tookMs }) => tookMs),
    ),
    middle(
      `move.${who}.silence`,
      '  longest silence',
      'ms',
      moves.map(({ longestMs }) => longestMs),
    ),
    count(`move.${who}.kept`, '  open connections kept', kept, moves.length),
  ]
}

function ofLaunches(own: readonly LaunchPart[], who: Who): Figure[] {
  const launches = own.map(({ launch }) => launch)
  const of = (id: string, what: string, unit: Figure['unit'], pick: (one: Launch) => number): Figure =>
    middle(`launch.${who}.${id}`, what, unit, launches.map(pick))
  return [
    of('total', `scenario B over three hosts, ${whoWords[who]}`, 's', (one) => one.totalMs / 1_000),
    of('bound', '  longest path of these very boots', 's', (one) => one.boundMs / 1_000),
    of('ratio', '  launched against that', 'times', (one) => one.totalMs / one.boundMs),
    of('shutdown', '  all shut down again', 's', (one) => one.shutdownMs / 1_000),
  ]
}

function ofIdle(own: readonly IdlePart[], who: Who): Figure[] {
  const hosts = own.flatMap(({ idle }) => idle.hosts)
  const of = (id: string, what: string, unit: Figure['unit'], pick: (one: HostIdle) => number): Figure =>
    middle(`idle.${who}.${id}`, what, unit, hosts.map(pick))
  return [
    of('cpu', `idle with nine guests, a host of three, ${whoWords[who]}: CPU`, '%', (one) => one.cpuPercent),
    of('rss', '  RSS', 'MiB', (one) => one.rssMib),
    of('pss', '  PSS', 'MiB', (one) => one.pssMib),
  ]
}

function middle(name: string, what: string, unit: Figure['unit'], values: readonly number[]): Figure {
  const range = { least: smallest(values), most: largest(values) }
  return figure({ name: `peers.${name}`, what, unit, value: median(values), n: values.length, ...range })
}

function count(name: string, what: string, value: number, n: number): Figure {
  return figure({ name: `peers.${name}`, what, unit: 'count', value, n })
}
