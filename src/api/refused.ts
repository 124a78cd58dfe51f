import type { GuestReason, Refusal } from '../core/views/wish-plan.ts'
import { Fault } from '../model/fault.ts'

/** A command that is refused, with the reason of each guest where the fault alone does not say it (S11). */
export class Refused extends Fault {
  readonly reasons: readonly GuestReason[]

  constructor({ fault, reasons = [] }: Refusal) {
    super(fault.code, fault.outcome, fault.details)
    this.reasons = reasons
  }
}
