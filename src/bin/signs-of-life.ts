import { lastSign, type Sign } from '../drivers/local/last-sign.ts'
import type { EventWord } from '../model/event.ts'
import { faultData } from '../model/fault.ts'
import type { HostId, WallTime } from '../model/ids.ts'
import { wallTime } from '../model/ids.ts'
import type { Clock } from '../ports/clock.ts'
import type { History } from '../ports/history.ts'
import type { Log } from '../ports/log.ts'

/** So often; what was up in between is up to so much too long where nobody else saw the end. One write of some bytes each. */
const signEachMs = 30_000

/** Events looked through for a later word of this daemon than its last sign. */
const newestEvents = 100

export interface SignsOptions {
  readonly stateDirectory: string
  readonly bootId: string
  readonly host: HostId
  readonly clock: Clock
  readonly history: History
  readonly log: Log
}

/**
 * A daemon that is killed says nothing. So it leaves a sign of life while it lives, and tells the history at its next start how and when
 * its earlier life ended: what nobody watched must not count as up. Never keeps the daemon from starting.
 */
export async function signsOfLife(options: SignsOptions): Promise<{ end(goesDown: boolean): Promise<void> }> {
  const { stateDirectory, bootId, clock, log } = options
  const failed = (error: unknown): void => log.warn('the sign of life could not be written', { ...faultData(error) })
  try {
    const file = lastSign(stateDirectory)
    await tellOfEarlierLife(options, await file.read())
    const write = (state: Sign['state']): Promise<void> => file.write({ at: clock.wall(), bootId, state })
    await write('alive')
    let cancel = (): void => {}
    const next = (): void => {
      cancel = clock.after(signEachMs, () => {
        next()
        write('alive').catch(failed)
      })
    }
    next()
    return {
      end: async (goesDown) => {
        cancel()
        await write(goesDown ? 'left' : 'ended').catch(failed)
      },
    }
  } catch (error) {
    failed(error)
    return { end: async () => {} }
  }
}

async function tellOfEarlierLife({ bootId, host, history }: SignsOptions, sign: Sign | null): Promise<void> {
  if (sign === null) return
  const word = wordOf(sign, bootId)
  if (word === null) return
  const at = sign.state !== 'alive' ? sign.at : await lastWord(history, host, sign.at)
  await history.append([
    { at, host, actor: 'daemon', word, guest: null, service: null, because: null, fault: null, note: null },
  ])
}

/** Null: it said itself that it stopped, and nothing is known of the host since. */
export function wordOf({ state, bootId: earlier }: Sign, bootId: string): EventWord | null {
  switch (state) {
    case 'ended':
      return null
    case 'left':
      return earlier === bootId ? null : 'host-shut-down'
    case 'alive':
      return earlier === bootId ? 'daemon-killed' : 'power-lost'
  }
}

/** This daemon may have told something since its last sign, that it started at the least. */
async function lastWord(history: History, host: HostId, signAt: WallTime): Promise<WallTime> {
  const newest = await history.query({ fromMs: signAt, newestFirst: true, limit: newestEvents })
  const own = newest.filter(({ actor, host: of }) => of === host && (actor === 'agent' || actor === 'daemon'))
  return wallTime(Math.max(signAt, ...own.map(({ at }) => at)))
}
