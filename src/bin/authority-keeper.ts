import { StoreCopy } from '../agent/store-copy.ts'
import { authorityStep, mayRestartStore, restartsStore } from '../core/authority-change.ts'
import { fingerprint, readCertificate, readCertificates, signedBy } from '../drivers/ca/certificates.ts'
import type { IdentityFolder } from '../drivers/ca/identity-folder.ts'
import type { Renewer } from '../drivers/ca/renewer.ts'
import { storeHealth } from '../drivers/etcd-server/votes.ts'
import { authorityShownAt } from '../drivers/peers/joining.ts'
import type { AuthorityChange, AuthorityProgress, AuthorityStage } from '../model/authority-change.ts'
import { Fault, faultData } from '../model/fault.ts'
import { type HostId, hostId } from '../model/ids.ts'
import type { MemberRecord } from '../model/member.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import { type Store, storeKeys } from '../ports/store.ts'
import type { OwnStore } from './own-store.ts'

/** How a change of the authority stands, as this member sees it. */
export type AuthorityState =
  | { readonly kind: 'calm' }
  | { readonly kind: 'changing'; readonly stage: AuthorityStage; readonly waitsFor: readonly HostId[] }
  /** The others have another authority: it was changed while this host was away. */
  | { readonly kind: 'left-behind' }

export interface AuthorityKeeperOptions {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly self: MemberRecord
  readonly folder: IdentityFolder
  readonly renewer: Pick<Renewer, 'identity' | 'use'>
  /** Null: somebody else's store, with other certificates. */
  readonly own: OwnStore | null
  readonly members: () => readonly MemberRecord[]
  /** Members that renew now, this one among them. */
  readonly present: () => ReadonlySet<HostId>
  /** Where daemons of other members listen, `HOST:PORT`. */
  readonly otherPlaces: () => readonly string[]
  /** The next authority's key from another host; null: it has it not. */
  readonly askKey: (member: HostId, next: string) => Promise<string | null>
  /** A certificate of the next authority, by the key in `folder`, or (`key` null) from another member. */
  readonly sign: (next: { readonly certificate: string; readonly key: string | null }) => Promise<string>
}

/** While a change is under way; each round is one read of the store. */
const roundMs = 1_000

/** Whether this host was left behind is looked at so often while it cannot renew, and after so long. */
const behindMs = 10_000

/** Takes this member through a change of the cluster's authority (A1 to A3 of `core/authority-change`), from its start to `stop`. */
export class AuthorityKeeper {
  readonly #options: AuthorityKeeperOptions
  readonly #copy: StoreCopy
  #state: AuthorityState = { kind: 'calm' }
  #busy = false
  #stopped = false
  #complained = ''
  #cancel: () => void = () => {}

  constructor(options: AuthorityKeeperOptions) {
    this.#options = options
    this.#copy = new StoreCopy(options, storeKeys.authority, () => this.#soon(0))
    this.#soon(behindMs)
  }

  get state(): AuthorityState {
    return this.#state
  }

  stop(): void {
    this.#stopped = true
    this.#cancel()
    this.#copy.stop()
  }

  #soon(afterMs: number): void {
    if (this.#stopped) return
    this.#cancel()
    this.#cancel = this.#options.clock.after(afterMs, () => void this.#round())
  }

  async #round(): Promise<void> {
    if (this.#busy) return
    this.#busy = true
    try {
      if (this.#copy.get(storeKeys.authorityChange) !== undefined) await this.#step()
      else await this.#lookBehind()
    } catch (error) {
      this.#complain('the change of the authority does not go on', { fault: faultData(error) })
    } finally {
      this.#busy = false
      this.#soon(this.#state.kind === 'changing' ? roundMs : behindMs)
    }
  }

  async #step(): Promise<void> {
    const { store, self, members, present } = this.#options
    const { entries } = await store.read(storeKeys.authority)
    const entry = entries.find(({ key }) => key === storeKeys.authorityChange)
    const all = members().map(({ id }) => id)
    if (entry === undefined || !all.includes(self.id)) {
      this.#state = { kind: 'calm' }
      return
    }
    const change = JSON.parse(entry.value) as AuthorityChange
    const progress = entries
      .filter(({ key }) => key.startsWith(storeKeys.authorityProgresses))
      .map(({ value }) => JSON.parse(value) as AuthorityProgress)
    const step = authorityStep(change, progress, all, self.id, present())
    if (step.kind === 'end') {
      const remove = entries.map(({ key }) => key)
      await store.transact({ when: [{ key: entry.key, revision: entry.revision }], put: [], remove })
      this.#state = { kind: 'calm' }
      return
    }
    const { stage } = step
    const needed = step.kind === 'do' && restartsStore[stage] ? await this.#missingForRestart() : []
    const waitsFor = step.kind === 'wait' ? step.waitsFor : needed.length > 0 ? needed : [self.id]
    this.#state = { kind: 'changing', stage, waitsFor }
    if (step.kind === 'do' && needed.length === 0) await this.#do(stage, change, entry.revision)
  }

  async #do(stage: AuthorityStage, change: AuthorityChange, revision: number): Promise<void> {
    const { store, self, log } = this.#options
    if (stage === 'trusts-both') await this.#trust(change)
    if (stage === 'renewed') await this.#renew(change)
    if (stage === 'dropped') await this.#drop(change)
    if (restartsStore[stage]) await this.#options.own?.upkeep.restart()
    const reached: AuthorityProgress = { member: self.id, next: change.next, stage }
    const put = [{ key: storeKeys.authorityProgress(self.id), value: JSON.stringify(reached) }]
    // Of this change and no other: what was done for one that is over says nothing of the next.
    await store.transact({ when: [{ key: storeKeys.authorityChange, revision }], put, remove: [] })
    log.info('the authority of the cluster is being changed', { stage })
    this.#complained = ''
  }

  async #trust({ next, certificate, begunBy }: AuthorityChange): Promise<void> {
    const { folder, renewer, self } = this.#options
    if (fingerprint(readCertificate(certificate)) !== next) {
      throw new Fault('certificate-refused', 'not-done', {
        path: storeKeys.authorityChange,
        text: 'not this authority',
      })
    }
    const key = self.kind === 'witness' ? null : await this.#keyOf(next, begunBy)
    renewer.use(await folder.trustNext({ certificate, key }))
  }

  /** From whoever began it, else from any other that has it by now. */
  async #keyOf(next: string, begunBy: HostId): Promise<string> {
    const { folder, self, members, askKey } = this.#options
    const here = await folder.next()
    if (here?.key != null && fingerprint(readCertificate(here.certificate)) === next) return here.key
    const others = members().flatMap(({ id, kind }) => (id === self.id || kind === 'witness' ? [] : [id]))
    let last: unknown = new Fault('peer-lost', 'not-done', { member: begunBy, text: 'it has the key no more' })
    for (const member of [...others].sort((a, b) => Number(b === begunBy) - Number(a === begunBy))) {
      try {
        const key = await askKey(member, next)
        if (key !== null) return key
      } catch (error) {
        last = error
      }
    }
    throw last
  }

  async #renew({ next }: AuthorityChange): Promise<void> {
    const { folder, renewer, sign } = this.#options
    const pair = await folder.next()
    if (pair === null || fingerprint(readCertificate(pair.certificate)) !== next) {
      throw new Fault('certificate-refused', 'not-done', { path: folder.path, text: 'not this authority' })
    }
    renewer.use(await folder.takeNext(await sign(pair)))
  }

  async #drop(change: AuthorityChange): Promise<void> {
    const { folder, renewer } = this.#options
    // Renewed by the old one at the same moment, or the folder was changed by hand.
    const above = readCertificate(change.certificate)
    if (!signedBy(readCertificate(renewer.identity.certificate), above)) await this.#renew(change)
    renewer.use(await folder.dropOld())
  }

  /**
   * A2: whose stores must answer before this one is started anew; empty: it may be. A store that decides nothing for a moment is harmless, and
   * still not to be had for nothing.
   */
  async #missingForRestart(): Promise<readonly HostId[]> {
    const { own, self } = this.#options
    if (own === null) return []
    const admin = own.admin()
    try {
      const votes = (await storeHealth(admin, own.tls)).filter(({ member }) => !member.learner)
      const others = votes.filter(({ member }) => member.name !== self.id)
      const silent = others.filter(({ status }) => status === null)
      const may = mayRestartStore(votes.length, others.length - silent.length)
      return may ? [] : silent.map(({ member }) => hostId(member.name))
    } finally {
      admin.close()
    }
  }

  /** The store takes no certificate of an authority that was dropped: only the others' daemons can tell. */
  async #lookBehind(): Promise<void> {
    const { self, present, otherPlaces, renewer } = this.#options
    if (present().has(self.id)) {
      this.#state = { kind: 'calm' }
      return
    }
    const own = readCertificates(renewer.identity.authority).map(fingerprint)
    const asked = await Promise.all(otherPlaces().map((place) => authorityShownAt(place).catch(() => null)))
    const shown = asked.filter((one) => one !== null)
    // Nobody answers now: what was found out stands.
    if (shown.length === 0) return
    const behind = shown.every((all) => all.every((one) => !own.includes(fingerprint(one))))
    this.#state = behind ? { kind: 'left-behind' } : { kind: 'calm' }
    if (behind) {
      this.#complain('the authority of the cluster was changed while this host was away: it must join anew', {
        there: `vigia cluster token --replaces ${self.id}`,
        here: 'vigia cluster leave --forget, vigia cluster join TOKEN',
      })
    }
  }

  /** Once, until something else is to be said. */
  #complain(text: string, details: Readonly<Record<string, unknown>>): void {
    const line = `${text} ${JSON.stringify(details)}`
    if (line === this.#complained) return
    this.#complained = line
    this.#options.log.warn(text, details)
  }
}
