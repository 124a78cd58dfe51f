import type { Part } from './parts.ts'

/** What a reader of the figures must know, in favour of whom it speaks. */
export function notes(parts: readonly Part[]): string[] {
  const tokens = (who: Part['who']): string =>
    [...new Set(parts.flatMap((part) => ('recovery' in part && part.who === who ? [part.limitMs] : [])))].join(', ')
  return [
    'The same three hosts, guests (domains as Vigia makes them) and fence device for both, in turn: whoever leaves takes the power of all hosts. All share the cores of one machine; guests are emulated.',
    `Pacemaker with Corosync and VirtualDomain as Debian packages them, at their defaults: knet, monitors every 10 s as the agent advises, one fence device a host. Corosync's token in force, with its addition for the number of nodes: ${tokens('peer') || 'not asked'} ms by default, ${tokens('peer-1000') || 'not asked'} ms where 1000 was set.`,
    'Not the default, for Pacemaker: stonith-action off (a host is only switched off, as ours does), the autoset_utilization_* of the agent off (less to do), dc-deadtime 5 s (shortens its own start, which is not measured).',
    'Lost is a host that leads nothing on either side (no leader of Vigia or etcd, no DC). Started means on both sides that the service answers: by monitor_scripts with nc, by a need.',
    'Proof: the fence device did it and (ours) reads off afterwards. Placement: until the request is written to libvirt (ours), until the agent is asked to start (theirs): its own start, about 0.3 s, is in their boot.',
    'For Pacemaker: a fence device that answers in milliseconds, a token without encryption; ours speaks TLS between hosts. Against it: its agent looks once a second whether a service answers, and its throttle sees the load of the whole machine on every host.',
    'The watchdog alone: not for Pacemaker, whose sbd needs ioctls that the watchdog of the lab lacks; ours is in the item failover.',
    'Move: from the request (one command, one call) until the guest runs on the other host alone. By hand: virsh migrate --live --p2p. Silence: between two echoes, asked for every 10 ms.',
    'Idle: the daemons of a host, with the programs that they started and waited for; libvirtd and QEMU not counted. Ours: vigiad, etcd, the feeder of the watchdog; theirs: corosync and all of Pacemaker, with its agents. Vigia asks services each second, Pacemaker each 10 s.',
  ]
}
