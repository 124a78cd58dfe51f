import type { DefinitionSpec } from '../definition.ts'
import type { GuestRead } from './guest-table.ts'
import { derivedMac } from './mac.ts'
import type { MemoryAmounts } from './machine-shape.ts'
import type { Reader } from './reader.ts'

type GuestValues = GuestRead['values']

/** The machine of a guest with `define:`, everything filled in; undefined without it, or once its problems are noted. */
export function machineOf(
  name: string,
  own: GuestRead,
  values: GuestValues,
  reader: Reader,
): DefinitionSpec | undefined {
  const given = own.values.define
  if (own.places.define === undefined || given === undefined || values.define === undefined) return undefined
  const at = own.places.define
  return reader.under('define', () => {
    for (const key of ['memory', 'cpus'] as const) {
      if (own.places[key] === undefined || given.places[key] === undefined) continue
      reader.error({ at: given.places[key] ?? at }, { code: 'conflict', got: [key, `define.${key}`] })
    }
    const define = values.define!.values
    const start = startMibOf(own, values, at, reader)
    const boot = define.boot ?? ({ kind: 'disk' } as const)
    const disks = (define.disks ?? []).map((disk) => disk.value)
    const bootless = boot.kind === 'disk' && define.hypervisor !== 'lxc' && define.disks === undefined
    if (bootless && given.places.disks === undefined && given.places.boot === undefined) {
      reader.error({ at }, { code: 'missing-key', expected: 'disks' })
    }
    if (start === undefined) return undefined
    return {
      hypervisor: define.hypervisor ?? 'kvm',
      memoryStartMib: start,
      memoryMaxMib: machineMemory(own, values)?.maxMib ?? start,
      cpus: given.values.cpus ?? own.values.cpus ?? define.cpus ?? values.cpus ?? 1,
      cpuModel: define.cpuModel ?? null,
      machine: define.machine ?? null,
      firmware: define.firmware ?? 'bios',
      tpm: define.tpm ?? false,
      disks,
      interfaces: (define.interfaces ?? []).map(({ value }, index) => ({
        ...value,
        mac: value.mac ?? derivedMac(name, index),
      })),
      boot,
      cloudInit: define.cloudInit ?? null,
      guestAgent: define.guestAgent ?? false,
      consoles: define.consoles ?? { serial: true, serialLog: null, vnc: false },
    }
  })
}

/** Its own word in either place, then the defaults' in either place. */
export function machineMemory(own: GuestRead, values: GuestValues): MemoryAmounts | undefined {
  return own.values.define?.values.memory ?? own.values.memory ?? values.define?.values.memory ?? values.memory
}

function startMibOf(own: GuestRead, values: GuestValues, at: number, reader: Reader): number | undefined {
  const amounts = machineMemory(own, values)
  const start = amounts?.startMib ?? amounts?.runMib ?? amounts?.minMib
  if (typeof start === 'number') return start
  const wrong = own.places.memory !== undefined && own.values.memory === undefined
  const wrongInside = own.values.define?.places.memory !== undefined && own.values.define.values.memory === undefined
  return wrong || wrongInside ? undefined : reader.error({ at }, { code: 'missing-key', expected: 'memory' })
}
