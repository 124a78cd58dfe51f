import type { GuestSpec } from '../guest.ts'
import {
  defaultProbe,
  defaultProbePolicy,
  type ProbePolicy,
  type ProbeSpec,
  type Protocol,
  type ServiceSpec,
} from '../service.ts'
import { duration, type Form, type FormMap, some, unless } from './form.ts'

/** What a guest says under `probe:`: the policy all its services share, or the usual one. */
export function commonPolicy(guest: GuestSpec): ProbePolicy {
  const [first, ...others] = guest.services
  if (first === undefined) return defaultProbePolicy
  return others.every((service) => samePolicy(service.probePolicy, first.probePolicy))
    ? first.probePolicy
    : defaultProbePolicy
}

/** `usual` is what goes without saying for this guest: each figure that differs is written. */
export function policyForm(policy: ProbePolicy, usual: ProbePolicy = defaultProbePolicy): FormMap {
  return {
    interval: duration(policy.intervalMs, usual.intervalMs),
    timeout: duration(policy.timeoutMs, usual.timeoutMs),
    fall: unless(policy.fall, usual.fall),
    rise: unless(policy.rise, usual.rise),
  }
}

export function serviceForm(service: ServiceSpec, policy: ProbePolicy): Form {
  const { key, port, protocol, probe } = service
  const more = some(policyForm(service.probePolicy, policy))
  if (port === null || protocol === null) {
    if (probe.kind === 'agent' && key === 'agent' && more === undefined) return 'agent'
    return { name: key, ...namedProbeForm(probe), ...more }
  }
  const probed = some(probeForm({ port, protocol, probe }))
  return probed === undefined && more === undefined ? key : { port: key, ...probed, ...more }
}

/** Nothing where it is the probe the port stands for. */
export function probeForm({ port, protocol, probe }: { port: number; protocol: Protocol; probe: ProbeSpec }): FormMap {
  if (isSame(probe, defaultProbe(port, protocol))) return {}
  return namedProbeForm(probe)
}

export function isSame(one: ProbeSpec, other: ProbeSpec): boolean {
  return one.kind === other.kind && JSON.stringify(sorted(one)) === JSON.stringify(sorted(other))
}

function namedProbeForm(probe: ProbeSpec): FormMap {
  switch (probe.kind) {
    case 'tcp':
    case 'agent':
      return { probe: probe.kind }
    case 'command':
      return { probe: probe.kind, command: probe.command }
    case 'dns':
      return {
        probe: probe.kind,
        question: unless(probe.question, '.'),
        recordType: unless(probe.recordType, probe.question === '.' ? 'NS' : 'A'),
      }
    case 'udp':
      return {
        probe: probe.kind,
        payloadHex: unless(probe.payloadHex, ''),
        answer: unless(probe.answer, probe.payloadHex === '' ? 'unless-refused' : 'required'),
      }
    case 'http':
      return {
        probe: probe.scheme,
        path: unless(probe.path, '/'),
        host: probe.hostHeader ?? undefined,
        status: statusForm(probe.statusFrom, probe.statusTo),
        body: probe.body ?? undefined,
        verifyCertificate: unless(probe.verifyCertificate, false),
      }
  }
}

function statusForm(from: number, to: number): Form | undefined {
  if (from === 200 && to === 399) return undefined
  return from === to ? from : `${from}-${to}`
}

function samePolicy(a: ProbePolicy, b: ProbePolicy): boolean {
  return a.intervalMs === b.intervalMs && a.timeoutMs === b.timeoutMs && a.fall === b.fall && a.rise === b.rise
}

function sorted(probe: ProbeSpec): unknown[] {
  return Object.entries(probe).sort(([a], [b]) => (a < b ? -1 : 1))
}
