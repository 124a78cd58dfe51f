import type { FaultData } from '../model/fault.ts'
import { faultData } from '../model/fault.ts'
import type { HostId } from '../model/ids.ts'
import type { Clock } from '../ports/clock.ts'
import type { Fencer, Power } from '../ports/fencer.ts'

/** `parameters`: the program takes what the file says; `read`: as found; the others after a command. */
export type ProofStepName = 'parameters' | 'read' | 'off' | 'reads-off' | 'on' | 'reads-on'

export interface ProofStep {
  readonly step: ProofStepName
  /** As it must be. */
  readonly good: boolean
  /** What was read; null for steps that read nothing, and where the answer is missing. */
  readonly power: Power | null
  readonly fault: FaultData | null
}

export interface DeviceProof {
  readonly device: string
  /** With consent: it was seen to take the power and give it back. Without: it can be read. */
  readonly good: boolean
  readonly steps: readonly ProofStep[]
}

/** Devices that answer "done" before the power is gone are asked again so often, so far apart. */
const readsMax = 5
const readGapMs = 1_000

/**
 * Proves each device of a host, in their order: its program takes its parameters, and the power reads "on" or "off". With `takePower`,
 * the consent of a person, the power is then taken, must read "off", is given back, and must read "on" (a host that was found off
 * stays on). What a command answers is noted and proves nothing. Never throws; the power is given back whenever it may have been taken.
 */
export async function proveDevices(
  fencer: Fencer,
  clock: Clock,
  host: HostId,
  consent: { readonly takePower: boolean },
): Promise<readonly DeviceProof[]> {
  const proofs: DeviceProof[] = []
  for (const device of fencer.devices(host)) {
    const steps = await provenSteps(fencer, clock, host, device, consent.takePower)
    // A command that errs while the power reads right has done its work.
    const good = steps.every((step) => step.good || step.step === 'off' || step.step === 'on')
    proofs.push({ device, good, steps })
  }
  return proofs
}

async function provenSteps(
  fencer: Fencer,
  clock: Clock,
  host: HostId,
  device: string,
  takePower: boolean,
): Promise<ProofStep[]> {
  const steps: ProofStep[] = []
  const command = async (step: ProofStepName, done: Promise<void>): Promise<boolean> => {
    const fault = await faultOf(done)
    steps.push({ step, good: fault === null, power: null, fault })
    return fault === null
  }
  const read = async (step: ProofStepName, wished: Power | null): Promise<Power | null> => {
    const { power, readFault } = await readUntil(
      fencer,
      clock,
      host,
      device,
      wished ?? 'on',
      wished === null ? 1 : undefined,
    )
    steps.push({ step, good: power !== null && (wished === null || power === wished), power, fault: readFault })
    return power
  }

  if (!(await command('parameters', fencer.check(host, device)))) return steps
  if ((await read('read', null)) === null || !takePower) return steps
  await command('off', fencer.off(host, device))
  // It reads "on": there is nothing to give back.
  if ((await read('reads-off', 'off')) === 'on') return steps
  await command('on', fencer.on(host, device))
  await read('reads-on', 'on')
  return steps
}

interface PowerRead {
  readonly power: Power | null
  readonly readFault: FaultData | null
}

/** Reads until the power is as wished, or the last read says otherwise. A fault ends it: it has cost a deadline already. */
async function readUntil(
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
async function faultOf(done: Promise<unknown>): Promise<FaultData | null> {
  try {
    await done
    return null
  } catch (error) {
    return faultData(error)
  }
}
