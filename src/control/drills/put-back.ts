import { notRestored, type RestoreStep, restoreStep } from '../../core/drills/restore.ts'
import { disturbedBy, strayed } from '../../core/drills/well.ts'
import type { DrillRestore } from '../../model/drill.ts'
import { faultData } from '../../model/fault.ts'
import type { DrillHands } from '../../ports/drill-hands.ts'
import { type DrillHold, restoreLimitMs, Stopped } from './hold.ts'
import type { DrillPorts } from './ports.ts'
import { lookEachMs } from './watch.ts'

/** An order is not given again before this: what it changes is not seen at once. */
const orderAgainMs = 15_000

/** One that was refused is given again sooner. */
const refusedAgainMs = 3_000

type RestorePorts = Pick<DrillPorts, 'clock' | 'hands' | 'log'>

/** Step by step until everything is as before. `strict`: what goes wrong meanwhile ends the drill; otherwise it goes on as well as it can. */
export async function putBack(ports: RestorePorts, hold: DrillHold, strict: boolean): Promise<DrillRestore> {
  const { clock, hands, log } = ports
  const from = clock.now()
  let [given, givenAt] = ['', Number.NEGATIVE_INFINITY]
  for (;;) {
    if (strict) await hold.asked()
    const view = await hands.view().catch(() => null)
    const { before, deeds, plan } = hold.drill
    if (strict && view !== null) {
      const disturbed = new Set(plan.during.flatMap((during) => [...disturbedBy(during, plan, before)]))
      const stray = strayed(before, view, disturbed, deeds)
      if (stray !== null) throw new Stopped(stray)
    }
    const step: RestoreStep =
      view === null ? { kind: 'wait', because: { code: 'on-the-way', subjects: [] } } : restoreStep(before, view, deeds)
    if (step.kind === 'done') {
      if (deeds.cut !== null) await hold.deed({ cut: null, broke: null })
      return { kind: 'restored' }
    }
    if (clock.now() - from > restoreLimitMs)
      return { kind: 'left', subjects: view === null ? [] : notRestored(before, view) }
    const said = JSON.stringify(step)
    if (step.kind !== 'wait' && (given !== said || clock.now() - givenAt > orderAgainMs)) {
      ;[given, givenAt] = [said, clock.now()]
      await order(hands, hold, step).catch((error: unknown) => {
        // A host that is only just back may say no for a moment.
        givenAt = clock.now() - orderAgainMs + refusedAgainMs
        log.warn('a drill could not put something back yet', { step: step.kind, fault: faultData(error).code })
      })
    }
    await hold.pause(lookEachMs)
  }
}

async function order(
  hands: DrillHands,
  hold: DrillHold,
  step: Exclude<RestoreStep, { readonly kind: 'wait' | 'done' }>,
): Promise<void> {
  switch (step.kind) {
    case 'mend':
      await hands.mendService(hold.drill.plan.guest, step.service)
      return hold.deed({ ...hold.drill.deeds, broke: null })
    case 'power-on':
      return hands.powerOn(step.host)
    case 'launch':
      return hands.launch(step.guest)
    case 'move':
      return hands.move(step.guest, step.to, 'live')
    case 'unwish':
      return hands.unwish(step.guest)
  }
}
