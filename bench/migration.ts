import { join } from 'node:path'
import type { LabHost } from '../lab/host.ts'
import { SilenceMeter } from '../lab/silence.ts'
import type { Silence } from '../lab/silence-inside.ts'
import { atMost, exactly, type Figure, figure, type Measured } from './figures.ts'
import { root } from './machine.ts'
import type { RunOptions } from './run-options.ts'
import { BOOT_LIMIT_MS, labAddress, Stage } from './stage.ts'
import { largest, median, smallest } from './statistics.ts'

/** An idle guest of the lab moves within a second; longer than this is a failure. */
const MOVE_LIMIT_MS = 180_000

/** So much more than by hand a client may notice, in the middle. */
const MORE_SILENCE_MS = 50

const guest = { name: 'web', address: labAddress(0), services: ['22/tcp', '69/udp'] }

export interface Move extends Silence {
  readonly tookMs: number
}

/** The same guest moved by us and by hand, one after the other. */
export interface MoveRound {
  readonly ours: Move
  readonly byHand: Move
}

type Way = (from: LabHost, there: LabHost) => Promise<number>

/** One guest between two hosts, to and fro: who goes which way changes with each round. */
export async function moveRounds(options: RunOptions, rounds: number, done: (round: MoveRound) => void): Promise<void> {
  const stage = await Stage.open({ id: 'bmove', say: options.say, hosts: 2 })
  try {
    await stage.lab.startGuest('h1', guest)
    await stage.lab.client.wait(guest.address, 22, BOOT_LIMIT_MS)
    let [from, there] = [stage.lab.host('h1'), stage.lab.host('h2')]
    const move = async (way: Way): Promise<Move> => {
      const moved = await listened(stage, () => way(from, there))
      ;[from, there] = [there, from]
      return moved
    }
    // The first one finds nothing warm, on either host.
    for (const way of [byHand, ours]) await move(way)
    for (let round = 1; round <= rounds; round++) {
      const first = await move(round % 2 === 1 ? ours : byHand)
      const second = await move(round % 2 === 1 ? byHand : ours)
      const [mine, theirs] = round % 2 === 1 ? [first, second] : [second, first]
      done({ ours: mine, byHand: theirs })
      options.say(`migration: round ${round} of ${rounds}, ours ${shown(mine)}; by hand ${shown(theirs)}`)
    }
  } finally {
    await stage.close()
  }
}

export function moveFigures(rounds: readonly MoveRound[]): Measured {
  const ours = rounds.map((round) => round.ours)
  const theirs = rounds.map((round) => round.byHand)
  const middle = (name: string, what: string, values: readonly number[], limit?: number): Figure =>
    figure({
      name: `migration.${name}`,
      what,
      unit: 'ms',
      value: median(values),
      n: values.length,
      least: smallest(values),
      most: largest(values),
      ...(limit !== undefined && { limit: atMost(limit) }),
    })
  const kept = (moves: readonly Move[]): number => moves.filter((move) => move.kept).length
  const count = { unit: 'count', n: rounds.length } as const
  const silent = (moves: readonly Move[]): number[] => moves.map((move) => move.longestMs)
  const took = (moves: readonly Move[]): number[] => moves.map((move) => move.tookMs)
  const lateness = [...ours, ...theirs].map((move) => move.askedLateMs)
  const figures = [
    middle('silence', 'longest silence', silent(ours), median(silent(theirs)) + MORE_SILENCE_MS),
    middle('silence-by-hand', 'the same by virsh', silent(theirs)),
    middle('total', 'from the request until it runs there and is gone here', took(ours)),
    middle('total-by-hand', 'the same by virsh, from the start of the command to its end', took(theirs)),
    figure({
      ...count,
      name: 'migration.kept',
      what: 'open connections kept',
      value: kept(ours),
      limit: exactly(rounds.length),
    }),
    figure({ ...count, name: 'migration.kept-by-hand', what: 'the same by virsh', value: kept(theirs) }),
    middle('asked-late', 'longest time between two echoes asked for', lateness),
  ]
  const notes = [
    'One guest goes to and fro between two hosts, moved by us and by `virsh migrate --live --p2p` in turn, each as often in either direction.',
    'A client asks for an echo every 10 ms: the longest time between two answers is the silence. How late it asked is told beside it.',
  ]
  return { figures, details: { rounds }, notes }
}

const ours: Way = async (from, there) => {
  const program = [join(root, 'scripts', 'move-guest.ts'), guest.name, uriOf(there)]
  const output = await from.must(process.execPath, program, { timeoutMs: MOVE_LIMIT_MS })
  return (JSON.parse(output) as { tookMs: number }).tookMs
}

const byHand: Way = async (from, there) => {
  const start = performance.now()
  const how = ['-q', 'migrate', '--live', '--p2p', '--migrateuri', `tcp://${there.name}`, guest.name, uriOf(there)]
  await from.must('virsh', how, { timeoutMs: MOVE_LIMIT_MS })
  return performance.now() - start
}

function uriOf(host: LabHost): string {
  return `qemu+tcp://${host.name}/system`
}

async function listened(stage: Stage, run: () => Promise<number>): Promise<Move> {
  const meter = await SilenceMeter.start(stage.lab.client.namespace, guest.address)
  try {
    const tookMs = await run()
    return { tookMs, ...(await meter.stop()) }
  } finally {
    meter.leave()
  }
}

function shown({ tookMs, longestMs, kept }: Move): string {
  return `${tookMs.toFixed(0)} ms, silence ${longestMs.toFixed(0)} ms${kept ? '' : ', CONNECTION LOST'}`
}
