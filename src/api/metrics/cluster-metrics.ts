import type { StatusView } from '../../contract/status.ts'
import type { ClusterSnapshot } from '../../core/snapshot.ts'
import type { HostId } from '../../model/ids.ts'
import type { PhaseKind } from '../../model/phase.ts'
import type { Metric, Sample } from './exposition.ts'

const phases: readonly PhaseKind[] = [
  'stopped',
  'waiting',
  'starting',
  'ready',
  'silent',
  'paused',
  'stopping',
  'held-down',
  'failed',
  'ignored',
]

const mib = 1_048_576

/** The cluster as it stands. Every vigiad tells the same, so one of them is enough to ask; `host` is the one that is asked. */
export function clusterMetrics(status: StatusView, snapshot: ClusterSnapshot, host: HostId): Metric[] {
  const { members } = status
  const renewing = snapshot.members == null || snapshot.members.renewingSince !== null
  return [
    gauge('vigia_guests', 'Guests of the cluster file, by phase.', phaseSamples(status)),
    gauge('vigia_guests_wished', 'Guests that are wished running.', [
      { value: status.guests.filter(({ wish }) => wish === 'running').length },
    ]),
    gauge('vigia_guest_ready', '1: all services of the guest answer, or it has none and runs.', guestSamples(status)),
    gauge(
      'vigia_guest_memory_bytes',
      'Memory of a guest: given to it, and used by it where it tells.',
      memorySamples(status),
    ),
    gauge('vigia_hosts_known', 'Hosts of the cluster, members that only vote among them.', [
      { value: status.hosts.length },
    ]),
    gauge('vigia_host_alive', '1: the host is there.', hostSamples(status)),
    gauge(
      'vigia_host_leads',
      '1: the vigiad of the host decides.',
      status.hosts.map(({ id, member }) => flag(member === undefined || member.leads, { host: id })),
    ),
    gauge(
      'vigia_host_watchdog_armed',
      '1: the own watchdog of the host takes its power in time.',
      status.hosts.flatMap(({ id, member }) => (member ? [flag(member.watchdog === 'armed', { host: id })] : [])),
    ),
    gauge('vigia_quorum', '1: the asked vigiad can write to the store; 0: no majority, or cut off.', [flag(renewing)]),
    gauge('vigia_leader', '1: the asked vigiad decides.', [flag(members == null || members.leader === host)]),
    gauge('vigia_leader_known', '1: somebody decides.', [flag(members == null || members.leader !== null)]),
    gauge(
      'vigia_armed',
      '1: hosts may be fenced and guests taken from dead ones.',
      members ? [flag(members.armed)] : [],
    ),
    gauge(
      'vigia_hosts_fenced',
      'Hosts fenced by command since the count began.',
      members ? [{ value: members.fenced.length }] : [],
    ),
    gauge(
      'vigia_survives',
      '1: the guests would all run on after as many losses of hosts as the cluster file asks for.',
      members?.survival?.survives == null ? [] : [flag(members.survival.survives)],
    ),
  ]
}

function gauge(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, help, type: 'gauge', samples }
}

function flag(holds: boolean, labels?: Readonly<Record<string, string>>): Sample {
  return { value: holds ? 1 : 0, ...(labels !== undefined && { labels }) }
}

function phaseSamples({ guests }: StatusView): Sample[] {
  return phases.map((phase) => ({
    labels: { phase },
    value: guests.filter((guest) => guest.phase.kind === phase).length,
  }))
}

function guestSamples({ guests }: StatusView): Sample[] {
  return guests.map(({ id, phase, host }) => flag(phase.kind === 'ready', { guest: id, host: host ?? '' }))
}

function memorySamples({ guests }: StatusView): Sample[] {
  return guests.flatMap(({ id, memory: { givenMib, usedMib } }) => [
    ...(givenMib === null ? [] : [{ labels: { guest: id, kind: 'given' }, value: givenMib * mib }]),
    ...(usedMib === null ? [] : [{ labels: { guest: id, kind: 'used' }, value: usedMib * mib }]),
  ])
}

function hostSamples({ hosts }: StatusView): Sample[] {
  return hosts.map(({ id, seen, member }) =>
    flag(member === undefined ? seen : member.standing === 'online', { host: id }),
  )
}
