import { X509Certificate } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fingerprint, type Identity } from '../drivers/ca/certificates.ts'
import { IdentityFolder } from '../drivers/ca/identity-folder.ts'
import { EtcdAdmin } from '../drivers/etcd-server/admin.ts'
import { DetachedEtcd, type EtcdProcess } from '../drivers/etcd-server/process.ts'
import { type EtcdPlace, urlOf } from '../drivers/etcd-server/settings.ts'
import { SystemdEtcd } from '../drivers/etcd-server/systemd-etcd.ts'
import { electionTimes } from '../drivers/etcd-server/timing.ts'
import { EtcdUpkeep } from '../drivers/etcd-server/upkeep.ts'
import { settleVotes } from '../drivers/etcd-server/votes.ts'
import type { MemberFile, OwnStorePorts } from '../drivers/local/member-file.ts'
import { parseAddress } from '../drivers/peers/wire.ts'
import { Fault } from '../model/fault.ts'
import type { MemberRecord } from '../model/member.ts'
import { identityFolderOf, materialOf } from './member-store.ts'

/** Where Debian puts it. */
export const usualProgram = '/usr/bin/etcd'

export interface OwnStoreOptions {
  readonly stateDirectory: string
  readonly record: MemberRecord
  readonly ports: OwnStorePorts
  readonly identity: () => Identity
  /** Of etcd, where systemd does not start it. Null: the usual one. */
  readonly program: string | null
}

/** The etcd of one member that Vigia looks after itself. */
export class OwnStore {
  readonly upkeep: EtcdUpkeep
  readonly tls: ReturnType<typeof materialOf>
  readonly #options: OwnStoreOptions

  constructor(options: OwnStoreOptions) {
    this.#options = options
    this.tls = materialOf(options.identity)
    const place = placeOf(options)
    this.upkeep = new EtcdUpkeep(place, processOf(place.folder, options.program), this.tls)
  }

  /** This member of it alone. The caller closes it. */
  admin(): EtcdAdmin {
    return new EtcdAdmin([urlOf('127.0.0.1', this.#options.ports.clientPort)], this.tls)
  }

  /** A store of one. The same authority means the same store, so that a repeated try does not make a second one. */
  async found(): Promise<void> {
    const { authority } = this.#options.identity()
    await this.upkeep.found(fingerprint(new X509Certificate(authority)))
  }

  /** A copy beside those of the others, with a vote as soon as that makes nothing worse. `wanted`: members there are to be. */
  async join(endpoints: readonly string[], wanted: number): Promise<void> {
    const others = new EtcdAdmin(endpoints, this.tls)
    try {
      // etcd takes one copy without a vote at a time: an earlier one has waited for this member, and may have its vote now.
      await this.settle(others, wanted)
      await this.upkeep.join(others)
      await this.settle(others, wanted)
    } finally {
      others.close()
    }
  }

  /** Gives votes to those that have caught up, one after the other, as many as may have one. */
  async settle(any: EtcdAdmin, wanted: number): Promise<void> {
    for (let turn = 0; turn < wanted; turn++) {
      const verdict = await settleVotes(any, this.tls, wanted)
      if (verdict?.kind !== 'fine') return
    }
  }
}

/** Client URLs of a store that Vigia looks after: one on each member, at its first address. */
export function allEndpoints(all: readonly MemberRecord[], { clientPort }: OwnStorePorts): string[] {
  return all.flatMap(({ addresses }) => hostOf(addresses[0] ?? '') ?? []).map((host) => urlOf(host, clientPort))
}

/** The same for one member: its own by the loopback, then the others'. */
export function ownEndpoints(self: MemberRecord, all: readonly MemberRecord[], ports: OwnStorePorts): string[] {
  const others = all.filter(({ id }) => id !== self.id)
  return [urlOf('127.0.0.1', ports.clientPort), ...allEndpoints(others, ports)]
}

/** Null: the store of this member is looked after by somebody else. */
export function ownStoreOf(
  { record, store: { own } }: MemberFile,
  stateDirectory: string,
  identity: () => Identity,
  program: string | null,
): OwnStore | null {
  return own === null ? null : new OwnStore({ stateDirectory, record, ports: own, identity, program })
}

function placeOf({ stateDirectory, record, ports }: OwnStoreOptions): EtcdPlace {
  const address = hostOf(record.addresses[0] ?? '')
  if (address === null) throw new Fault('bad-request', 'not-done', { field: 'address' })
  return {
    name: record.id,
    folder: join(stateDirectory, 'etcd'),
    address,
    ...ports,
    files: new IdentityFolder(identityFolderOf(stateDirectory)).files,
    timing: electionTimes(0),
  }
}

function processOf(folder: string, program: string | null): EtcdProcess {
  if (existsSync('/run/systemd/system')) return new SystemdEtcd(folder)
  return new DetachedEtcd(program ?? usualProgram, folder)
}

function hostOf(address: string): string | null {
  return parseAddress(address)?.host ?? null
}
