import { existsSync, readFileSync } from 'node:fs'

/**
 * How guests of the lab run. /dev/kvm alone proves nothing: inside some virtual machines it exists and stock guests
 * hang on it. `VIGIA_ACCEL=kvm|tcg` overrides.
 */
export function accelerator(): 'kvm' | 'tcg' {
  const wanted = process.env.VIGIA_ACCEL
  if (wanted === 'kvm' || wanted === 'tcg') return wanted
  if (wanted !== undefined) throw new Error(`VIGIA_ACCEL: expected 'kvm' or 'tcg', got '${wanted}'`)
  return existsSync('/dev/kvm') && /\b(vmx|svm)\b/.test(readFileSync('/proc/cpuinfo', 'utf8')) ? 'kvm' : 'tcg'
}
