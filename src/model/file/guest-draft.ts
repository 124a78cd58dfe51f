import {
  type AddressSpec,
  type DomainSource,
  defaultAddressOrder,
  defaultGuestPolicy,
  type GuestPolicy,
  type MemorySpec,
} from '../guest.ts'
import { guestId, hostId } from '../ids.ts'
import { defaultProbePolicy, type ProbePolicy, type ServiceSpec } from '../service.ts'
import { machineMemory, machineOf } from './definition-draft.ts'
import type { GuestDraft } from './draft.ts'
import type { DefaultsRead, GuestRead } from './guest-table.ts'
import { onlyOnce } from './lists.ts'
import type { Located, Reader } from './reader.ts'
import type { ServiceDraft } from './service-shape.ts'

type GuestValues = GuestRead['values']
export type DefaultValues = DefaultsRead['values']

/** A guest from its own map and what the defaults add; undefined once its problems are noted. */
export function guestDraft(
  name: string,
  nameAt: number,
  own: GuestRead,
  defaults: DefaultValues,
  reader: Reader,
): GuestDraft | undefined {
  const values = merged(own.values, defaults)
  const machine = machineOf(name, own, values, reader)
  const source = sourceOf(name, nameAt, own, machine, reader)
  const services = servicesOf(values.services ?? [], probePolicyOf(values), reader)
  const policy = policyOf(values, own, nameAt, reader)
  if (source === undefined || policy === undefined) return undefined
  const spec = {
    id: guestId(name),
    source,
    address: values.address ?? defaultAddress,
    services,
    wish: values.state ?? 'running',
    host: values.host === undefined ? null : hostId(values.host),
    startAtBoot: values.startAtBoot ?? true,
    priority: values.priority ?? 0,
    tags: values.tags === undefined ? [] : onlyOnce(values.tags.map((tag) => tag.value)),
    memory: memoryOf(own, values, source),
    cpus: source.kind === 'defined' ? source.definition.cpus : (values.cpus ?? null),
    policy,
    failback: values.failback ?? true,
    liveMigration: values.liveMigration ?? true,
    ...(own.values.standby !== undefined && { standby: guestId(own.values.standby) }),
  } as const
  return { source: reader.source, at: nameAt, spec, needs: values.needs ?? [], places: own.places }
}

export const defaultAddress: AddressSpec = { kind: 'find', order: defaultAddressOrder }

/** A guest's own word goes before the defaults'; `probe` and `define` are put together key by key. */
function merged(own: GuestValues, defaults: DefaultValues): GuestValues {
  const { define, ...common } = defaults
  const values: GuestValues = { ...common, ...own }
  const both: { probe?: GuestValues['probe']; define?: GuestValues['define'] } = {}
  if (own.probe !== undefined && common.probe !== undefined) {
    both.probe = { ...own.probe, values: { ...common.probe.values, ...own.probe.values } }
  }
  if (own.define !== undefined && define !== undefined) {
    both.define = { ...own.define, values: { ...define.values, ...own.define.values } }
  }
  return { ...values, ...both }
}

/** Defaults of an included file over those of the file that includes it. */
export function mergedDefaults(inner: DefaultValues, outer: DefaultValues): DefaultValues {
  const { address, ...rest } = outer
  const both = merged(inner, outer)
  return {
    ...rest,
    ...inner,
    ...(both.probe ? { probe: both.probe } : {}),
    ...definesOf(inner, outer),
    ...addressOf(inner.address ?? address),
  }
}

function definesOf(inner: DefaultValues, outer: DefaultValues): Pick<DefaultValues, 'define'> {
  if (inner.define === undefined || outer.define === undefined) return {}
  return { define: { ...inner.define, values: { ...outer.define.values, ...inner.define.values } } }
}

function addressOf(address: DefaultValues['address']): Pick<DefaultValues, 'address'> {
  return address === undefined ? {} : { address }
}

function sourceOf(
  name: string,
  nameAt: number,
  own: GuestRead,
  machine: ReturnType<typeof machineOf>,
  reader: Reader,
): DomainSource | undefined {
  const given = (['domain', 'define', 'xml'] as const).filter((key) => own.places[key] !== undefined)
  if (given.length > 1) return reader.error({ at: nameAt }, { code: 'conflict', got: given })
  if (own.places.define !== undefined) return machine && { kind: 'defined', definition: machine }
  if (own.places.xml === undefined) {
    const domain = own.places.domain === undefined ? name : own.values.domain
    return domain === undefined ? undefined : { kind: 'existing', domain }
  }
  const file = own.values.xml
  if (file === undefined) return undefined
  const xml = reader.under('xml', () => reader.fileText({ at: own.places.xml ?? nameAt }, file))
  return xml === undefined ? undefined : { kind: 'xml', file, xml }
}

function memoryOf(own: GuestRead, values: GuestValues, source: DomainSource): MemorySpec {
  if (source.kind !== 'defined') return values.memory ?? { startMib: null, runMib: null, maxMib: null }
  const { memoryStartMib, memoryMaxMib } = source.definition
  const amounts = machineMemory(own, values)
  const sizes = { startMib: memoryStartMib, maxMib: memoryMaxMib }
  const { minMib } = amounts ?? {}
  // Where it goes by its need, what it had at the start is no wish.
  if (minMib !== undefined) return { minMib, ...sizes, runMib: amounts?.runMib ?? null }
  return { ...sizes, runMib: amounts?.runMib ?? memoryStartMib }
}

/** Services with the guest's probe policy filled in; one said twice is refused. */
function servicesOf(drafts: readonly Located<ServiceDraft>[], policy: ProbePolicy, reader: Reader): ServiceSpec[] {
  const firsts = new Map<string, number>()
  const services: ServiceSpec[] = []
  drafts.forEach(({ value, at }, index) => {
    const first = firsts.get(value.key)
    if (first !== undefined) {
      const data = { code: 'duplicate-service', got: value.key, first: reader.source.place(first) } as const
      reader.under('services', () => reader.under(index, () => reader.error({ at }, data)))
      return
    }
    firsts.set(value.key, at)
    services.push({ ...value, probePolicy: { ...policy, ...value.probePolicy } })
  })
  return services
}

function probePolicyOf(values: GuestValues): ProbePolicy {
  const { interval, timeout, fall, rise } = values.probe?.values ?? {}
  return {
    intervalMs: interval ?? defaultProbePolicy.intervalMs,
    timeoutMs: timeout ?? defaultProbePolicy.timeoutMs,
    fall: fall ?? defaultProbePolicy.fall,
    rise: rise ?? defaultProbePolicy.rise,
  }
}

function policyOf(values: GuestValues, own: GuestRead, nameAt: number, reader: Reader): GuestPolicy | undefined {
  const usual = defaultGuestPolicy
  const initial = values.backOff?.initialMs ?? null
  const longest = values.backOff?.maxMs ?? null
  const backoffInitialMs = initial ?? Math.min(usual.backoffInitialMs, longest ?? usual.backoffInitialMs)
  const backoffMaxMs = longest ?? Math.max(usual.backoffMaxMs, backoffInitialMs)
  if (backoffInitialMs > backoffMaxMs) {
    const at = own.places.backOff ?? nameAt
    return reader.under('backOff', () =>
      reader.error({ at }, { code: 'range-order', expected: 'initial-below-max', got: '' }),
    )
  }
  return {
    graceMs: values.grace ?? usual.graceMs,
    maxRestarts: values.restarts ?? usual.maxRestarts,
    maxRelocations: values.relocations ?? usual.maxRelocations,
    backoffInitialMs,
    backoffMaxMs,
    stableMs: values.stableAfter ?? usual.stableMs,
    bootLimitMs: values.bootLimit ?? usual.bootLimitMs,
    shutdownLimitMs: values.shutdownLimit ?? usual.shutdownLimitMs,
    onRefusedShutdown: values.onRefusedShutdown ?? usual.onRefusedShutdown,
    onPowerOff: values.onPowerOff ?? usual.onPowerOff,
  }
}
