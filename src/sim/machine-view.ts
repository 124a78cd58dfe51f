import type { MemoryStatistics } from '../model/memory-use.ts'
import type { DomainObservation } from '../ports/hypervisor.ts'
import type { Machine } from './machine.ts'

/** A machine as its hypervisor shows it. */
export function observationOf(machine: Machine): DomainObservation {
  const { state, spec } = machine
  return {
    name: spec.name,
    uuid: uuidOf(spec.name),
    run: state.run,
    stopCause: state.run === 'stopped' ? state.cause : null,
    pauseCause: state.run === 'paused' ? state.cause : null,
    memoryMib: machine.up ? machine.memoryMib : spec.memoryMib,
    memoryMaxMib: machine.memoryMaxMib,
    memoryUsedMib: machine.up ? Math.floor(machine.memoryMib / 2) : null,
    persistent: spec.persistent,
  }
}

/** What its balloon driver told last: each second, from the end of its boot on, and not while it hangs. Null: it is down. */
export function memoryStatisticsOf(machine: Machine, nowMs: number): MemoryStatistics | null {
  const { spec, memoryMib, booted } = machine
  if (!machine.up) return null
  const told = {
    domain: spec.name,
    run: String(machine.starts),
    givenMib: memoryMib,
    swapInMib: null,
    majorFaults: null,
  }
  const { need } = spec
  if (need === undefined || !booted) return { ...told, usableMib: null, unusedMib: null, reportedAt: null }
  const sinceMs = need.reports(nowMs) ? nowMs : need.sinceMs(nowMs)
  const usableMib = Math.max(0, memoryMib - need.at(sinceMs))
  return { ...told, usableMib, unusedMib: Math.floor(usableMib / 2), reportedAt: 1 + Math.floor(sinceMs / 1_000) }
}

export function definitionOf(machine: Machine): string {
  const { name, memoryMaxMib } = machine.spec
  const memory = `<memory unit='MiB'>${memoryMaxMib}</memory>`
  return `<domain type='test'><name>${name}</name><uuid>${uuidOf(name)}</uuid>${memory}<vcpu>1</vcpu></domain>`
}

/** The same name has the same uuid in every world. */
function uuidOf(name: string): string {
  let hash = 0x811c9dc5
  for (const letter of name) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193) >>> 0
  return `00000000-0000-4000-8000-${hash.toString(16).padStart(12, '0')}`
}
