/** How a host is lost: all at once; every process of it stopped for longer than its lease; its cable pulled, guests running on. */
export type LossKind = 'power-cut' | 'freeze' | 'network-cut'

/** What alone proves it dead: hosts have a fence device and no watchdog, or a watchdog and no fence device. */
export type OnlyProof = 'fence' | 'watchdog'

/** Drawn: whom it befalls. The host that plays the part may play another one as well. */
export type Part = 'any' | 'with-guests' | 'leader' | 'etcd-leader'

export const lossKinds: readonly LossKind[] = ['power-cut', 'freeze', 'network-cut']
export const onlyProofs: readonly OnlyProof[] = ['fence', 'watchdog']
const parts: readonly Part[] = ['any', 'leader', 'etcd-leader']

/** The same seed, the same draw; what the machine makes of it differs a little each time. */
export interface PlannedLoss {
  readonly seed: number
  readonly kind: LossKind
  readonly proof: OnlyProof
  readonly part: Part
  /** `rest`: all guests are ready. `move`: one is being stopped elsewhere and started on the host that is lost. */
  readonly moment: 'rest' | 'move'
  /** From all ready, or from the order to move, to the loss. */
  readonly waitMs: number
  /** A freeze or a pulled cable lasts so long, if the host lives so long. */
  readonly holdMs: number
  /** From the last start issued elsewhere to the host's power coming back. */
  readonly backMs: number
  /** So long the fence device says that it did what it did not do; 0: it works. */
  readonly liesMs: number
  /** For whatever else is to be chosen. */
  readonly choice: number
}

/** Losses that one cluster bears, one after the other. */
const ROUNDS_A_CLUSTER = 5

/** So many of each kind, the two proofs in turn. */
export function seriesOf(rounds: number): (readonly [OnlyProof, LossKind])[] {
  return Array.from({ length: rounds }, (_, round) => {
    const proof = onlyProofs[Math.floor(round / ROUNDS_A_CLUSTER) % onlyProofs.length]!
    return lossKinds.map((kind) => [proof, kind] as const)
  }).flat()
}

/** Every moment of a renewal second, and a few of them. */
const WAIT_MS = [500, 3_500] as const

/** A guest that moves: from the order to it answering on the other host. */
const MOVE_MS = [0, 7_000] as const

/** Longer than the lease of 10 s in any case, and not much longer in many: it may wake while it is being taken for dead. */
const HOLD_MS = [10_200, 15_000] as const

/** Of a fence device alone that lies: the fault may be over first, or the power be taken first, or both at once. */
const LIES_MS = [9_000, 15_000] as const
const LYING = 0.5
const BACK_MS = [0, 3_000] as const
const MOVING = 0.25

export function drawLoss(seed: number, kind: LossKind, proof: OnlyProof): PlannedLoss {
  const draw = dice(seed)
  const between = ([from, to]: readonly [number, number]): number => Math.round(from + draw() * (to - from))
  const part = parts[Math.floor(draw() * parts.length)]!
  const moment = draw() < MOVING ? 'move' : 'rest'
  const waitMs = between(moment === 'move' ? MOVE_MS : WAIT_MS)
  const [holdMs, backMs, choice] = [between(HOLD_MS), between(BACK_MS), draw()]
  const lies = draw() < LYING && proof === 'fence' && kind !== 'power-cut'
  const liesMs = lies ? between(LIES_MS) : 0
  return { seed, kind, proof, part, moment, waitMs, holdMs, backMs, liesMs, choice }
}

/** As a loss is drawn, without what takes longest: a guest that has to be moved first, a host that is awaited. */
export function drawQuickLoss(seed: number, kind: LossKind, proof: OnlyProof): PlannedLoss {
  return { ...drawLoss(seed, kind, proof), part: 'with-guests', moment: 'rest', liesMs: 0 }
}

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
function dice(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
