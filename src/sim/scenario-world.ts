import type { ClusterSpec } from '../model/cluster.ts'
import { defaultHostMeans, defaultSettings } from '../model/cluster.ts'
import type { GuestSpec } from '../model/guest.ts'
import { defaultAddressOrder, defaultGuestPolicy } from '../model/guest.ts'
import type { ServiceKey } from '../model/ids.ts'
import type { ServiceSpec } from '../model/service.ts'
import { defaultProbe } from '../model/service.ts'
import { parseService } from './scenario/guests.ts'
import type { Scenario, ScenarioGuest, ScenarioSettings } from './scenario/scenario.ts'
import { World } from './world.ts'

/** The world a scenario begins in: its guests as a cluster file would have them, every host off. */
export function worldOf(scenario: Scenario, seed: number): World {
  const { guests } = scenario
  return new World({
    hosts: scenario.hosts,
    cluster: clusterOf(scenario),
    servedForOthers: new Map(guests.map((guest) => [guest.id, guest.servedForOthers])),
    guestFaults: new Map(guests.map((guest) => [guest.id, guest.faults])),
    memoryMib: new Map(guests.map((guest) => [guest.id, guest.memoryMib])),
    times: scenario.settings,
    seed,
  })
}

function clusterOf({ hosts, guests, rules, settings }: Scenario): ClusterSpec {
  const { onHostShutdown, leaseMs, freezeMs, coldStartWaitMs, survive } = settings
  return {
    version: 1,
    name: 'pretend',
    hosts: hosts.map(({ id, memoryMib, cpus }) => ({
      id,
      memoryMib,
      cpus,
      reservedMib: 0,
      overcommit: 1,
      ...defaultHostMeans,
    })),
    guests: guests.map((guest) => guestOf(guest, settings)),
    rules,
    settings: { ...defaultSettings, onHostShutdown, leaseMs, freezeMs, coldStartWaitMs, survive },
  }
}

function guestOf(guest: ScenarioGuest, settings: ScenarioSettings): GuestSpec {
  return {
    id: guest.id,
    source: { kind: 'existing', domain: guest.id },
    address: { kind: 'find', order: defaultAddressOrder },
    services: guest.services.map((key) => serviceOf(key, settings)),
    needs: guest.needs.map((need) => ({ kind: 'guest', guest: need.guest, service: need.service, onLoss: 'pause' })),
    wish: guest.state,
    host: guest.host,
    startAtBoot: true,
    priority: 0,
    tags: [],
    memory: { startMib: guest.memoryMib, runMib: null, maxMib: null },
    cpus: guest.cpus,
    policy: {
      ...defaultGuestPolicy,
      graceMs: settings.graceMs,
      maxRestarts: guest.maxRestarts,
      maxRelocations: guest.maxRelocations,
    },
    failback: guest.failback,
    liveMigration: guest.liveMigration,
    ...(guest.standby !== null && { standby: guest.standby }),
  }
}

export function serviceOf(key: ServiceKey, settings: ScenarioSettings): ServiceSpec {
  const service = parseService(key)
  if (service === null) throw new Error(`assertion: a service that was read, got ${key}`)
  const { port, protocol } = service
  return {
    key,
    port,
    protocol,
    probe: defaultProbe(port, protocol),
    probePolicy: {
      intervalMs: settings.probeIntervalMs,
      timeoutMs: settings.probeTimeoutMs,
      fall: settings.probeFall,
      rise: 1,
    },
  }
}
