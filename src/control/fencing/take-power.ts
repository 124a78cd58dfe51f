import type { FaultData } from '../../model/fault.ts'
import { faultData } from '../../model/fault.ts'
import type { HostId } from '../../model/ids.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Fencer, Power } from '../../ports/fencer.ts'

/** What one device did and what the power read afterwards. Null: no fault; nothing read. */
export interface PowerAttempt {
  readonly device: string
  readonly commandFault: FaultData | null
  readonly power: Power | null
  readonly readFault: FaultData | null
}

export interface PowerTaken {
  /** A device read "off" afterwards (S2 a). False: nothing is proven, whatever the commands said. */
  readonly off: boolean
  readonly attempts: readonly PowerAttempt[]
}

/** Devices that answer "done" before the power is gone are asked again so often, so far apart. */
export const readsMax = 5
export const readGapMs = 1_000

/**
 * Takes the power of a host by its devices in their order, until one of them reads "off". Devices are alternatives: where a host has two
 * supplies, one device must switch both. Never throws; takes as long as the deadlines of the devices add up to. Harmless if repeated.
 */
export async function takePower(fencer: Fencer, clock: Clock, host: HostId): Promise<PowerTaken> {
  const attempts: PowerAttempt[] = []
  for (const device of fencer.devices(host)) {
    const commandFault = await faultOf(fencer.off(host, device))
    const read = await readUntil(fencer, clock, host, device, 'off')
    attempts.push({ device, commandFault, ...read })
    if (read.power === 'off') return { off: true, attempts }
  }
  return { off: false, attempts }
}

export interface PowerRead {
  readonly power: Power | null
  readonly readFault: FaultData | null
}

/** Reads until the power is as wished, or the last read says otherwise. A fault ends it: it has cost a deadline already. */
export async function readUntil(
  fencer: Fencer,
  clock: Clock,
  host: HostId,
  device: string,
  wished: Power,
  most = readsMax,
): Promise<PowerRead> {
  for (let read = 1; ; read += 1) {
    try {
      const power = await fencer.read(host, device)
      if (power === wished || read >= most) return { power, readFault: null }
    } catch (error) {
      return { power: null, readFault: faultData(error) }
    }
    await new Promise<void>((resolve) => clock.after(readGapMs, resolve))
  }
}

/** Null: it went well. */
export async function faultOf(done: Promise<unknown>): Promise<FaultData | null> {
  try {
    await done
    return null
  } catch (error) {
    return faultData(error)
  }
}
