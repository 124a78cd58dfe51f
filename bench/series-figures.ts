import { exactly, type Figure, figure, type Measured } from './figures.ts'
import { type LossKind, lossKinds, type OnlyProof, onlyProofs } from './series-plan.ts'
import type { HostLoss } from './series-stage.ts'
import { largest, median, smallest } from './statistics.ts'

const kindWords: Readonly<Record<LossKind, string>> = {
  'power-cut': 'power cuts',
  freeze: 'freezes longer than the lease',
  'network-cut': 'network cuts',
}
const proofWords: Readonly<Record<OnlyProof, string>> = {
  fence: 'a fence device alone',
  watchdog: 'the watchdog alone',
}

/** `wanted`: losses that were to be; one that did not come about holds nothing. */
export function seriesFigures(losses: readonly HostLoss[], wanted: number): Measured {
  const sum = (of: (loss: HostLoss) => number): number => losses.reduce((total, loss) => total + of(loss), 0)
  const count = (name: string, what: string, value: number, limit?: number): Figure =>
    figure({
      ...{ name: `series.${name}`, what, unit: 'count', value, n: losses.length },
      ...(limit !== undefined && { limit: exactly(limit) }),
    })
  const answered = losses.filter(({ wrong }) => wrong.length === 0).length
  const locked = smallest(losses.map(({ disksLocked }) => disksLocked))
  const figures = [
    ...lossKinds.map((kind) => count(kind, kindWords[kind], losses.filter((loss) => loss.kind === kind).length)),
    count('answered', 'losses after which all services answer again', answered, wanted),
    count(
      'twice',
      'guests or disks open twice',
      sum(({ twice }) => twice.length),
      0,
    ),
    count(
      'looks',
      '  of so many looks at what QEMU has open',
      sum(({ looks }) => looks),
    ),
    figure({
      ...{ name: 'series.not-looked', what: '  longest time between two looks', unit: 'ms', n: losses.length },
      value: largest(losses.map(({ notLookedMs }) => notLookedMs)),
    }),
    count(
      'missing',
      'acknowledged writes that are missing',
      sum(({ missing }) => missing.length),
      0,
    ),
    count(
      'late',
      'writes acknowledged by an old run after the new one was started',
      sum(({ lateAcknowledged }) => lateAcknowledged),
      0,
    ),
    count(
      'acknowledged',
      'writes acknowledged',
      sum(({ acknowledged }) => acknowledged),
    ),
    count('locked', "disks under QEMU's own lock, of three, the fewest", locked, 3),
    count(
      'needless',
      'guests started anew although their host was not lost',
      sum(({ needless }) => needless.length),
    ),
    ...lossKinds.flatMap((kind) => onlyProofs.flatMap((proof) => timesOf(losses, kind, proof))),
  ]
  return { figures, details: { losses }, notes }
}

function timesOf(losses: readonly HostLoss[], kind: LossKind, proof: OnlyProof): Figure[] {
  const chosen = losses.filter((loss) => loss.kind === kind && loss.proof === proof)
  const of = (name: string, what: string, values: readonly (number | null)[]): Figure[] => {
    const seconds = values.flatMap((value) => (value === null ? [] : [value / 1_000]))
    if (seconds.length === 0) return []
    const range = { n: seconds.length, least: smallest(seconds), most: largest(seconds) }
    const named = { name: `series.${kind}.${proof}.${name}`, what: `${kindWords[kind]}, ${proofWords[proof]}: ${what}` }
    return [figure({ ...named, unit: 's', value: median(seconds), ...range })]
  }
  return [
    ...of(
      'issued',
      'until the last start is issued elsewhere',
      chosen.map(({ issuedMs }) => issuedMs),
    ),
    ...of(
      'answers',
      'until all acknowledge writes again',
      chosen.map(({ answersMs }) => answersMs),
    ),
  ]
}

const notes = [
  'Three hosts, an etcd over all three, three guests that each write numbers to a disk of their own (fsync) for a client; a loop on each core and pages fetched without a pause meanwhile. Times are no measure of a quiet machine: nothing is promised of them.',
  'Whom it befalls and when is drawn from a seed that each loss tells: any host, the one that leads Vigia, the one that leads etcd; at rest, or while a guest is on its way to it.',
  "After each loss the guests themselves say what is on their disks, read after their boot, and each whole disk is read past them: every number that was ever acknowledged must be there. Disks are as the cluster file defines them: QEMU's default cache mode (writeback, each flush of the guest is written out). A power cut ends all processes of a host at once; what this machine's kernel still held in memory survives it.",
  'A host that is frozen counts as long as its QEMU processes exist: stopped, they still have their disks open.',
]
