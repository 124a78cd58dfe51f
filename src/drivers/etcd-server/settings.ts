import { isIP } from 'node:net'
import { join } from 'node:path'
import { Fault } from '../../model/fault.ts'
import type { HostId } from '../../model/ids.ts'
import { etcdServerFlags } from '../etcd/server-flags.ts'
import type { ElectionTimes } from './timing.ts'

/** Where etcd's members listen unless told otherwise: etcd's own ports. */
export const defaultClientPort = 2_379
export const defaultEtcdPeerPort = 2_380

/** One member of etcd that Vigia looks after. */
export interface EtcdPlace {
  readonly name: HostId
  /** Vigia's own: settings, data, snapshots lie below it. */
  readonly folder: string
  /** IP address at which the other members reach it. */
  readonly address: string
  readonly clientPort: number
  readonly peerPort: number
  /** Paths of the member's files (`IdentityFolder.files`): etcd reads them anew for each connection, so renewing needs no restart. */
  readonly files: { readonly authority: string; readonly certificate: string; readonly key: string }
  readonly timing: ElectionTimes
  /** More of etcd's flags, without the dashes: what a test shortens. */
  readonly flags?: Readonly<Record<string, string>>
}

export type EtcdStart =
  /** `token`: what tells this store from any other that was made at the same addresses. */
  | { readonly kind: 'found'; readonly token: string }
  /** `members`: peer URLs by name, of those who are there and of this one. */
  | { readonly kind: 'join'; readonly members: Readonly<Record<string, string>> }

/**
 * The store is wishes, records and assignments: some megabytes. At this size something writes without end, and etcd stops it before its
 * disk is full.
 */
const quotaBytes = 2 * 1024 * 1024 * 1024

/** etcd's settings as environment variables: what a unit reads from a file and a child is given. Pure. Faults: `bad-request`. */
export function etcdEnvironment(place: EtcdPlace, start: EtcdStart): Readonly<Record<string, string>> {
  if (isIP(place.address) === 0) {
    throw new Fault('bad-request', 'not-done', { expected: 'an IP address', got: place.address.slice(0, 100) })
  }
  const { authority, certificate, key } = place.files
  const flags: Record<string, string> = {
    name: place.name,
    'data-dir': dataFolder(place),
    logger: 'zap',
    'log-level': 'warn',
    'listen-client-urls': [...new Set([clientUrl(place), urlOf('127.0.0.1', place.clientPort)])].join(','),
    'advertise-client-urls': clientUrl(place),
    'listen-peer-urls': peerUrl(place),
    'initial-advertise-peer-urls': peerUrl(place),
    'initial-cluster': initialCluster(place, start),
    'initial-cluster-state': start.kind === 'found' ? 'new' : 'existing',
    ...(start.kind === 'found' ? { 'initial-cluster-token': start.token } : {}),
    'client-cert-auth': 'true',
    'trusted-ca-file': authority,
    'cert-file': certificate,
    'key-file': key,
    'peer-client-cert-auth': 'true',
    'peer-trusted-ca-file': authority,
    'peer-cert-file': certificate,
    'peer-key-file': key,
    'heartbeat-interval': String(place.timing.heartbeatMs),
    'election-timeout': String(place.timing.electionMs),
    'quota-backend-bytes': String(quotaBytes),
    ...Object.fromEntries(etcdServerFlags.map(splitFlag)),
    ...place.flags,
  }
  return Object.fromEntries(Object.entries(flags).map(([flag, value]) => [variableOf(flag), value]))
}

export function clientUrl({ address, clientPort }: Pick<EtcdPlace, 'address' | 'clientPort'>): string {
  return urlOf(address, clientPort)
}

export function peerUrl({ address, peerPort }: Pick<EtcdPlace, 'address' | 'peerPort'>): string {
  return urlOf(address, peerPort)
}

export function dataFolder({ folder }: Pick<EtcdPlace, 'folder'>): string {
  return join(folder, 'data')
}

/** As systemd's `EnvironmentFile=` reads it. No value of ours has a quote, a line end or a dollar sign in it. */
export function environmentFile(environment: Readonly<Record<string, string>>): string {
  const lines = Object.entries(environment).map(([name, value]) => `${name}="${value}"`)
  return `# Written by vigia; changes are lost.\n${lines.join('\n')}\n`
}

function initialCluster(place: EtcdPlace, start: EtcdStart): string {
  const members =
    start.kind === 'join' ? { ...start.members, [place.name]: peerUrl(place) } : { [place.name]: peerUrl(place) }
  return Object.entries(members)
    .map(([name, url]) => `${name}=${url}`)
    .join(',')
}

export function urlOf(address: string, port: number): string {
  return `https://${address.includes(':') ? `[${address}]` : address}:${port}`
}

function splitFlag(flag: string): [string, string] {
  const at = flag.indexOf('=')
  return [flag.slice(2, at), flag.slice(at + 1)]
}

function variableOf(flag: string): string {
  return `ETCD_${flag.replaceAll('-', '_').toUpperCase()}`
}
