import type { Wanted } from '../model/assignment.ts'
import type { FaultData } from '../model/fault.ts'
import type { HostId, Instant } from '../model/ids.ts'

/** The next thing an agent does to one guest. One step at a time, each harmless if repeated. */
export type Step =
  | {
      readonly kind: 'nothing' /** When to look again though nothing changes; null = not by itself. */
      readonly againInMs: number | null
    }
  | { readonly kind: 'start'; readonly generation: number }
  | { readonly kind: 'shutdown' }
  | { readonly kind: 'destroy' }
  | { readonly kind: 'suspend' }
  | { readonly kind: 'resume' }
  | { readonly kind: 'set-memory'; readonly memoryMib: number }
  | { readonly kind: 'refuse-stop' }
  | { readonly kind: 'migrate'; readonly to: HostId; readonly serial: number }
  /** What is under way of it shall end here. */
  | { readonly kind: 'cancel-move'; readonly to: HostId; readonly serial: number }
  /** S7: a start that was not answered shall not come about later. */
  | { readonly kind: 'settle'; readonly generation: number }
  /** S8: the part of it that a broken move left here; it can never run on. */
  | { readonly kind: 'discard' }
  /** S13: it runs here and belongs elsewhere. */
  | { readonly kind: 'expel' }

/** What an agent life remembers of its own deeds to a guest. Lost with the life: all of it may be done again without harm. */
export interface Deeds {
  /** Newest generation whose start was tried, however it ended; 0 = none. */
  readonly triedGeneration: number
  /** When this stop was first asked for; null: no stop under way. */
  readonly stopSince: Instant | null
  readonly askedAt: Instant | null
  readonly destroyFailed: boolean
  readonly resumedAt: Instant | null
  readonly suspendedAt: Instant | null
  readonly memoryAt: Instant | null
  readonly memoryAskedMib: number | null
  /** False: what an earlier life asked the balloon for may still come about; asked once more, it is over. Absent: nothing hangs on that. */
  readonly memorySettled?: boolean
  /** Newest move whose end is known; and when one was last begun, or found under way. */
  readonly movedSerial: number
  readonly movingAt: Instant | null
  /** When a move that was taken back was last looked for. */
  readonly cancelledAt: Instant | null
  readonly settledGeneration: number
  readonly settlingAt: Instant | null
}

export const noDeeds: Deeds = {
  triedGeneration: 0,
  stopSince: null,
  askedAt: null,
  destroyFailed: false,
  resumedAt: null,
  suspendedAt: null,
  memoryAt: null,
  memoryAskedMib: null,
  movedSerial: 0,
  movingAt: null,
  cancelledAt: null,
  settledGeneration: 0,
  settlingAt: null,
}

/** With another order what was done towards the old one is past; what was tried, moved and settled stays known. */
export function underNewOrder(deeds: Deeds): Deeds {
  return { ...deeds, stopSince: null, askedAt: null, destroyFailed: false, resumedAt: null, suspendedAt: null }
}

/** What is remembered from the moment that a step is asked for. */
export function begun(step: Step, deeds: Deeds, wanted: Wanted | null, now: Instant): Deeds {
  const stopSince = deeds.stopSince ?? now
  switch (step.kind) {
    case 'start':
      return { ...deeds, triedGeneration: step.generation }
    case 'migrate':
      return { ...deeds, movingAt: now }
    case 'cancel-move':
      return { ...deeds, cancelledAt: now }
    case 'settle':
      return { ...deeds, settlingAt: now }
    case 'shutdown':
      return { ...deeds, stopSince, askedAt: now }
    case 'suspend':
      return { ...deeds, suspendedAt: now }
    case 'resume':
      return { ...deeds, resumedAt: now, ...(wanted === 'stopped' && { stopSince }) }
    case 'set-memory':
      return { ...deeds, memoryAt: now, memoryAskedMib: step.memoryMib }
    case 'nothing':
    case 'destroy':
    case 'refuse-stop':
    case 'discard':
    case 'expel':
      return deeds
  }
}

/** A hypervisor that cannot be asked is not the guest's failure: it is looked at when the hypervisor is back. */
export function isUnasked({ code }: FaultData): boolean {
  return code === 'hypervisor-absent' || code === 'hypervisor-lost'
}

export function afterFailure(step: Step, deeds: Deeds, fault: FaultData): Deeds {
  if (step.kind === 'start' && isUnasked(fault)) return { ...deeds, triedGeneration: step.generation - 1 }
  if (step.kind === 'destroy' && !isUnasked(fault)) return { ...deeds, destroyFailed: true }
  return deeds
}
