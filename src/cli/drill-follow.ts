import { setTimeout as delay } from 'node:timers/promises'
import type { Client } from '../client/client.ts'
import { type FaultCode, faultData } from '../model/fault.ts'
import { stepText } from '../text/drill-text.ts'
import type { CliContext } from './context.ts'
import { say } from './output.ts'

/** How often it is asked how far it is. */
const askEachMs = 1_000

/** A daemon that is started again answers sooner, and so does a store; the drill's own record says what became of it. */
const awayLimitMs = 120_000
const away: readonly FaultCode[] = ['daemon-absent', 'store-lost', 'timeout']

/** Shows how far a drill is until it is over; Ctrl-C ends the showing. Faults: `daemon-absent`, `store-lost` or `timeout` when they stay away. */
export async function followDrill(context: CliContext, client: Client, id: string): Promise<'over' | 'interrupted'> {
  let said = ''
  let awaySince: number | null = null
  while (!context.interrupted.aborted) {
    try {
      const { running } = await client.drills()
      awaySince = null
      if (running?.id !== id) return 'over'
      const line = stepText(context.text, running)
      if (line !== said) say(context, line)
      said = line
    } catch (error) {
      awaySince ??= context.now()
      if (!away.includes(faultData(error).code) || context.now() - awaySince > awayLimitMs) throw error
    }
    await delay(askEachMs, undefined, { signal: context.interrupted }).catch(() => {})
  }
  return 'interrupted'
}
