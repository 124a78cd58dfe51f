import type { FaultData } from '../model/fault.ts'

export function sameFault(a: FaultData | null, b: FaultData | null): boolean {
  return a?.code === b?.code && a?.outcome === b?.outcome
}
