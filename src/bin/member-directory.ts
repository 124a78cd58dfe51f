import { StoreCopy, type StoreCopyPorts } from '../agent/store-copy.ts'
import type { KeyStanding } from '../drivers/ca/certificates.ts'
import { type MemberKey, memberKeyEntry } from '../drivers/ca/stored-identities.ts'
import { type PeerAddress, parseAddress } from '../drivers/peers/wire.ts'
import { faultData } from '../model/fault.ts'
import { byName, type HostId } from '../model/ids.ts'
import type { MemberRecord } from '../model/member.ts'
import type { MigrationTarget } from '../ports/hypervisor.ts'
import { storeKeys } from '../ports/store.ts'
import type { ClusterInForce } from './cluster-in-force.ts'

/** Members and their keys, `member/…` and `member-key/…`: one copy holds both. */
const membersPrefix = 'member'

/** The members as the store said last, and how to keep what it says now. */
export interface KnownMembers {
  readonly records: readonly MemberRecord[]
  keep(records: readonly MemberRecord[]): Promise<void>
}

/** Who the members are and where, answered at once from what was read last. */
export class MemberDirectory {
  readonly #ports: StoreCopyPorts
  readonly #copy: StoreCopy
  readonly #own: MemberRecord
  readonly #inForce: ClusterInForce
  readonly #known: KnownMembers
  #kept: string
  /** One write at a time: they share a name for what is unfinished. */
  #keeping: Promise<void> = Promise.resolve()
  readonly #listeners = new Set<() => void>()
  #ownWritten = false
  #wasMember = false
  #dismiss: () => void = () => {}
  /** Resolves when this host has been a member and is none any more. */
  readonly dismissed: Promise<void>

  /** `own`: what this host's own file says of it. */
  constructor(ports: StoreCopyPorts, own: MemberRecord, inForce: ClusterInForce, known: KnownMembers) {
    this.#ports = ports
    this.#own = own
    this.#inForce = inForce
    this.#known = known
    this.#kept = JSON.stringify(known.records)
    this.dismissed = new Promise((resolve) => {
      this.#dismiss = resolve
    })
    this.#copy = new StoreCopy(ports, membersPrefix, () => this.#changed())
  }

  stop(): void {
    this.#copy.stop()
  }

  /** Before the store was read: as it was last. */
  record(member: HostId): MemberRecord | null {
    if (!this.#copy.loaded) return this.#known.records.find(({ id }) => id === member) ?? null
    return (this.#copy.get(storeKeys.member(member)) as MemberRecord | undefined) ?? null
  }

  /** Those that it joined with, then those of the cluster file, on the same port. */
  addressesOf(member: HostId): PeerAddress[] {
    const own = (this.record(member)?.addresses ?? []).flatMap((address) => parseAddress(address) ?? [])
    const more = (this.#inForce.hostSpec(member)?.addresses ?? []).filter((ip) => own.every(({ host }) => host !== ip))
    const [first] = own
    return first === undefined ? [] : [...own, ...more.map((host) => ({ host, port: first.port }))]
  }

  /** All that are recorded; empty until they were read. */
  records(): readonly MemberRecord[] {
    return this.#copy.under(storeKeys.members) as MemberRecord[]
  }

  /** Of all others, for whoever will answer. */
  otherAddresses(): string[] {
    const all = this.#copy.loaded ? this.records() : this.#known.records
    return all.flatMap(({ id, addresses }) => (id === this.#own.id ? [] : addresses))
  }

  /** Called whenever members or their records changed. */
  onChanged(listener: () => void): void {
    this.#listeners.add(listener)
  }

  /** Nobody is turned away because the store cannot be read; one whose key it does not have has left. */
  standingOf(member: HostId, hash: string): KeyStanding {
    if (!this.#copy.loaded) return 'unseen'
    const key = this.#copy.get(memberKeyEntry(member)) as MemberKey | undefined
    return key?.keyHash === hash ? 'known' : 'foreign'
  }

  migrationTarget(host: HostId): MigrationTarget | null {
    const { libvirtUri, dataUri } = this.record(host) ?? {}
    const address = this.#inForce.hostSpec(host)?.migrationAddress ?? null
    const byFile = address === null ? null : `tcp://${address.includes(':') ? `[${address}]` : address}`
    return libvirtUri === undefined ? null : { host, uri: libvirtUri, dataUri: byFile ?? dataUri ?? null }
  }

  #changed(): void {
    void this.#recordOwn()
    const member = this.record(this.#own.id) !== null
    if (this.#wasMember && !member) this.#dismiss()
    this.#wasMember ||= member
    this.#keeping = this.#keeping.then(() => this.#keep())
    for (const listener of this.#listeners) listener()
  }

  /** For the next start: the store may be lost then, and the others must be asked all the same (S5). */
  async #keep(): Promise<void> {
    const records = [...this.records()].sort((a, b) => byName(a.id, b.id))
    const text = JSON.stringify(records)
    if (text === this.#kept) return
    this.#kept = text
    try {
      await this.#known.keep(records)
    } catch (error) {
      this.#kept = ''
      this.#ports.log.warn('the members could not be kept for the next start', { fault: faultData(error).code })
    }
  }

  /** The file may have changed since. Once a life: that this host is a member at all is written by those who let it join. */
  async #recordOwn(): Promise<void> {
    if (this.#ownWritten) return
    this.#ownWritten = true
    const { store, log } = this.#ports
    const key = storeKeys.member(this.#own.id)
    const value = JSON.stringify(this.#own)
    try {
      const entry = (await store.read(key)).entries.find((one) => one.key === key)
      if (entry === undefined || entry.value === value) return
      await store.transact({ when: [{ key, revision: entry.revision }], put: [{ key, value }], remove: [] })
    } catch (error) {
      this.#ownWritten = false
      log.warn('the record of this member could not be compared', { fault: faultData(error).code })
    }
  }
}
