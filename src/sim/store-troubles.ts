import { Fault } from '../model/fault.ts'
import type { Dice } from './dice.ts'
import type { HistoryOperation } from './fakes/fake-history.ts'
import type { StoreOperation } from './fakes/fake-store.ts'
import type { FakeHooks } from './fakes/fake-wire.ts'

/** What is wrong with the pretend store now. */
export interface StoreTroubles {
  mode: 'on' | 'off' | 'readonly' | 'slow' | 'disk-full'
  /** Chance that a transaction is made and its answer is lost. */
  answersLost: number
}

/** A round trip to a healthy store, to a slow one, and to a history. */
const healthyMs = [0.3, 2] as const
const slowMs = [500, 2_500] as const

/** A call whose message is lost is waited for so long. */
const lostCallMs = 1_000

/** The store as one host of several reaches it: over a way that may be cut, or lose messages there or back. */
export function distantStoreHooks(
  troubles: StoreTroubles,
  dice: Dice,
  way: { readonly reached: () => boolean; readonly dropChance: () => number },
): FakeHooks<StoreOperation> {
  const near = storeHooks(troubles, dice)
  const fates = new WeakMap<StoreOperation, 'there' | 'back'>()
  return {
    latencyMs: (operation) => {
      const usualMs = near.latencyMs?.(operation) ?? 0
      const dropChance = way.dropChance()
      if (dropChance === 0) return usualMs
      // What the store says by itself is sent again until it arrives.
      if (operation.kind === 'watch') return usualMs + (dice.chance(dropChance) ? lostCallMs * dice.next() : 0)
      const [there, back] = [dice.chance(dropChance), dice.chance(dropChance)]
      if (there || back) fates.set(operation, there ? 'there' : 'back')
      return fates.has(operation) ? lostCallMs : usualMs
    },
    fail: (operation) => {
      if (!way.reached() || fates.get(operation) === 'there') return lost('unknown')
      return near.fail?.(operation) ?? null
    },
    failAfter: (operation) => {
      if (!way.reached() || fates.get(operation) === 'back') return lost('unknown')
      return near.failAfter?.(operation) ?? null
    },
  }
}

export function storeHooks(troubles: StoreTroubles, dice: Dice): FakeHooks<StoreOperation> {
  return {
    latencyMs: () => latency(troubles, dice),
    fail: (operation) => {
      if (operation.kind === 'watch') return null
      return refusal(troubles, operation.kind === 'transact')
    },
    failAfter: (operation) =>
      operation.kind === 'transact' && dice.chance(troubles.answersLost) ? lost('unknown') : null,
  }
}

/** The history lies where the store of one host lies, and suffers with it. */
export function historyHooks(troubles: StoreTroubles, dice: Dice): FakeHooks<HistoryOperation> {
  return {
    latencyMs: () => latency(troubles, dice),
    fail: (operation) => refusal(troubles, operation.kind === 'append'),
  }
}

function latency(troubles: StoreTroubles, dice: Dice): number {
  const [least, most] = troubles.mode === 'slow' ? slowMs : healthyMs
  return least + dice.next() * (most - least)
}

function refusal(troubles: StoreTroubles, writes: boolean): Fault | null {
  switch (troubles.mode) {
    case 'off':
      return lost('not-done')
    case 'readonly':
      return writes ? new Fault('not-allowed', 'not-done', { what: 'store' }) : null
    case 'disk-full':
      return writes ? new Fault('disk-full', 'not-done', { what: 'store' }) : null
    case 'on':
    case 'slow':
      return null
  }
}

function lost(outcome: Fault['outcome']): Fault {
  return new Fault('store-lost', outcome, { what: 'store' })
}
