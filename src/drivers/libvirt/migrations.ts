import { setTimeout as delay } from 'node:timers/promises'
import { Fault, type FaultDetails, type Outcome } from '../../model/fault.ts'
import type { MoveLimitDeed } from '../../model/migration.ts'
import type { MigrationOptions, MigrationTarget } from '../../ports/hypervisor.ts'
import { lifecycleChange } from './domain-states.ts'
import { ConnectionError, LibvirtError } from './errors.ts'
import { abortMigration } from './migration-job.ts'
import { dataUriOf, knock, type LibvirtAddress, libvirtAddress } from './migration-target.ts'
import { LOOK_TIMEOUT_MS } from './observe.ts'
import type { LibvirtPool } from './pool.ts'
import { endWhenStalled } from './post-copy.ts'
import type { DomainRef, TypedParam } from './values.ts'

/**
 * Migrations away from this host, peer to peer: libvirt here speaks to libvirt there, and our own connection may break
 * without breaking them. Invariants:
 *
 * M1  One migration a guest: asked for again, the same one is waited for.
 * M2  `not-done` only where libvirt answered with an error, the guest shows the very run it had before, and was not
 *     stopped for a moment. One that libvirt stopped for the last part and let go on here may have been let go on there
 *     as well: libvirt cannot tell the loss of that answer from a no, so we say `unknown` (S7, S8). Whether it was
 *     stopped, its events tell; the reason of its state does not, which libvirt writes in no certain order.
 * M3  Over only when each abort is answered as well: libvirt ends the migration first and tells QEMU afterwards, which may be in the next one by then.
 * M4  What became of a guest is looked at and never mended here: both hosts have to be asked first (S8).
 */
export class Migrations {
  private readonly pool: LibvirtPool
  private readonly knock: typeof knock
  private readonly underWay = new Map<string, UnderWay>()
  private readonly followed = new Set<string>()

  /** `knockAt` instead of a connect from this process, where the process is in another network than its libvirt. */
  constructor(pool: LibvirtPool, knockAt: typeof knock = knock) {
    this.pool = pool
    this.knock = knockAt
  }

  /** `onSent`: the request was written. Throws a Fault, or the error of a call that was not sent. */
  migrate(dom: DomainRef, to: MigrationTarget, options: MigrationOptions, onSent: (atNs: bigint) => void) {
    const already = this.underWay.get(dom.name)
    if (already !== undefined) return already.to.uri === to.uri ? already.ended : Promise.reject(elsewhere(dom))
    const giveUp = new AbortController()
    const one: UnderWay = { to, giveUp, aborts: new Set(), sent: false, ended: Promise.resolve() }
    this.underWay.set(dom.name, one)
    one.ended = this.run(dom, one, options, onSent).finally(() => this.underWay.delete(dom.name))
    return one.ended
  }

  /** `cancelled`: libvirt was told, and `migrate` says how it ended. */
  async cancel(dom: DomainRef): Promise<'cancelled' | 'none'> {
    const ours = this.underWay.get(dom.name)
    for (let tries = 0; tries < CANCEL_TRIES_MAX; tries++) {
      if (ours !== undefined && !ours.sent) {
        ours.giveUp.abort()
        return 'cancelled'
      }
      if (await this.abort(dom, ours)) return 'cancelled'
      if (ours === undefined || this.underWay.get(dom.name) !== ours) return 'none'
      // Sent, and libvirt is still on its way to the other host.
      await delay(CANCEL_EVERY_MS)
    }
    throw new Fault('hypervisor-timeout', 'unknown', { action: 'cancel-migration', domain: dom.name })
  }

  private async run(
    dom: DomainRef,
    one: UnderWay,
    options: MigrationOptions,
    onSent: (atNs: bigint) => void,
  ): Promise<void> {
    const { to } = one
    await this.reach(dom, to)
    const { persistent } = await this.pool.call('domainIsPersistent', { dom }, look)
    const args = {
      dom,
      dconnuri: to.uri,
      params: paramsOf(to, options),
      cookieIn: Buffer.alloc(0),
      flags: flagsOf(options, persistent !== 0),
    }
    const stops = this.watchStops(dom)
    let limit: NodeJS.Timeout | undefined
    const sent = (atNs: bigint) => {
      one.sent = true
      limit = setTimeout(() => void this.atLimit(dom, options), limitMsOf(options))
      onSent(atNs)
    }
    const how = { timeoutMs: MIGRATION_LONGEST_MS + ANSWER_GRACE_MS, signal: one.giveUp.signal, onSent: sent }
    const going = this.pool.call('domainMigratePerform3Params', args, how)
    // libvirt may wait for the other side for ever, which need not learn that it broke.
    const broken = stops.broken.then(() =>
      Promise.reject(failed(dom, to, 'unknown', 'the way to the other host broke')),
    )
    going.catch(() => {})
    try {
      await Promise.race([going, broken])
    } catch (error) {
      throw await this.failure(dom, to, stops, error)
    } finally {
      clearTimeout(limit)
      stops.unwatch()
      await Promise.allSettled(one.aborts)
    }
    await this.gone(dom, to)
  }

  /** Left to libvirt, a host that does not answer at all costs two minutes. */
  private async reach(dom: DomainRef, to: MigrationTarget): Promise<void> {
    const address: LibvirtAddress = libvirtAddress(to.uri)
    try {
      await this.knock(address, KNOCK_TIMEOUT_MS)
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      throw failed(dom, to, 'not-done', text, error)
    }
  }

  private async atLimit(dom: DomainRef, { timeLimitMs, onTimeLimit, atLimit }: MigrationOptions): Promise<void> {
    // Where it cannot be given up either, it goes on and its end is told.
    const done = await this.hurry(dom, timeLimitMs === null ? 'cancel' : onTimeLimit).catch(() => null)
    if (done !== null) atLimit?.(done)
  }

  /** Whatever it was to be, a refusal means that the migration is given up, if it still goes on. Null: it had ended. */
  async hurry(dom: DomainRef, wanted: MoveLimitDeed): Promise<MoveLimitDeed | null> {
    try {
      const { state, reason } = await this.pool.call('domainGetState', { dom, flags: 0 }, look)
      if (state === PAUSED) {
        // An earlier life of this daemon did it, or it is in its last part by itself.
        if (reason === PAUSED_POST_COPY) this.follow(dom)
        return null
      }
      if (wanted === 'pause') {
        await this.pool.call('domainSuspend', { dom })
        return wanted
      }
      if (wanted === 'post-copy') {
        await this.pool.call('domainMigrateStartPostCopy', { dom, flags: 0 })
        this.follow(dom)
        return wanted
      }
    } catch {
      // Its reason is in the log of libvirt; ours is that the time is over.
    }
    return (await this.cancel(dom)) === 'cancelled' ? 'cancel' : null
  }

  private abort(dom: DomainRef, ours: UnderWay | undefined): Promise<boolean> {
    const asked = abortMigration(this.pool, dom)
    ours?.aborts.add(asked)
    return asked
  }

  private follow(dom: DomainRef): void {
    if (this.followed.has(dom.name)) return
    this.followed.add(dom.name)
    void endWhenStalled(this.pool, dom).finally(() => this.followed.delete(dom.name))
  }

  private async failure(dom: DomainRef, to: MigrationTarget, stops: Stops, error: unknown): Promise<unknown> {
    if (error instanceof Fault) return error
    if (error instanceof LibvirtError) {
      return failed(dom, to, (await this.isAsBefore(dom, stops)) ? 'not-done' : 'unknown', error.message, error)
    }
    if (!(error instanceof ConnectionError)) return error
    if (error.problem === 'aborted') return failed(dom, to, error.outcome, 'it was cancelled before it began', error)
    return error.outcome === 'not-done' ? error : failed(dom, to, 'unknown', error.message, error)
  }

  /** M2. */
  private async isAsBefore(dom: DomainRef, stops: Stops): Promise<boolean> {
    try {
      const { dom: found } = await this.pool.call('domainLookupByName', { name: dom.name }, look)
      const { state } = await this.pool.call('domainGetState', { dom, flags: 0 }, look)
      // Asked last: what libvirt told before it answered these looks has come on the same connection before them.
      return found.id === dom.id && found.uuid.equals(dom.uuid) && state === RUNNING && !stops.seen
    } catch {
      return false
    }
  }

  private watchStops({ uuid }: DomainRef): Stops {
    let toldBroken = (): void => {}
    const stops: Stops = {
      seen: false,
      broken: new Promise((resolve) => {
        toldBroken = resolve
      }),
      unwatch: this.pool.onEvent((event) => {
        if (event.name !== 'lifecycle' || !event.body.dom.uuid.equals(uuid)) return
        const change = lifecycleChange(event.body.event, event.body.detail)
        if (change.kind !== 'paused') return
        stops.seen = true
        if (change.cause === 'post-copy-broken') toldBroken()
      }),
    }
    return stops
  }

  /** libvirt takes a guest that it could not end here after all for a success, and leaves it paused. */
  private async gone(dom: DomainRef, to: MigrationTarget): Promise<void> {
    const found = await this.pool.call('domainLookupByName', { name: dom.name }, look).catch((error: unknown) => {
      if (error instanceof LibvirtError) return null
      throw failed(dom, to, 'unknown', error instanceof Error ? error.message : String(error), error)
    })
    if (found !== null && found.dom.id >= 0) throw failed(dom, to, 'unknown', 'it is still here, paused')
  }
}

interface UnderWay {
  readonly to: MigrationTarget
  /** For one that still waits for its turn. */
  readonly giveUp: AbortController
  /** What libvirt was asked to give it up, each of which ends by itself. */
  readonly aborts: Set<Promise<boolean>>
  sent: boolean
  ended: Promise<void>
}

/** Whether a guest was stopped since the watching began. */
interface Stops {
  seen: boolean
  /** It had begun to run on the other host, and nothing of it can follow any more. Pending for one that ends otherwise. */
  readonly broken: Promise<void>
  readonly unwatch: () => void
}

/** Longer than a lost packet takes to be sent again; a libvirt that is busy still accepts at once. */
export const KNOCK_TIMEOUT_MS = 3_000

/** Nothing ends on its own that has gone on for so long: the guest writes faster than the network carries. */
export const MIGRATION_LONGEST_MS = 12 * 3_600_000

/** For the answer to come after the limit has ended the migration: libvirt gives a silent peer up after half a minute. */
const ANSWER_GRACE_MS = 120_000

/** How often, and how long, it is tried to cancel what libvirt has not begun. */
const CANCEL_EVERY_MS = 50
const CANCEL_TRIES_MAX = 600

const look = { timeoutMs: LOOK_TIMEOUT_MS }

/** libvirt's `VIR_DOMAIN_RUNNING`, `VIR_DOMAIN_PAUSED` and `VIR_DOMAIN_PAUSED_POSTCOPY`. */
const RUNNING = 1
const PAUSED = 3
const PAUSED_POST_COPY = 12

function limitMsOf({ timeLimitMs }: MigrationOptions): number {
  return Math.min(timeLimitMs ?? MIGRATION_LONGEST_MS, MIGRATION_LONGEST_MS)
}

/** libvirt's `virDomainMigrateFlags`. */
const Flag = { live: 1, peerToPeer: 2, persistThere: 8, postCopy: 1 << 15, tls: 1 << 16 } as const

function mayPostCopy({ timeLimitMs, onTimeLimit }: MigrationOptions): boolean {
  return timeLimitMs !== null && onTimeLimit === 'post-copy'
}

/**
 * A persistent guest persists there as well; its definition stays here too: hosts that share storage may all keep it,
 * and it is somebody else's. A transient one leaves nothing behind by itself.
 */
function flagsOf(options: MigrationOptions, persistent: boolean): number {
  return (
    Flag.live |
    Flag.peerToPeer |
    (persistent ? Flag.persistThere : 0) |
    (options.tls ? Flag.tls : 0) |
    (mayPostCopy(options) ? Flag.postCopy : 0)
  )
}

function paramsOf(to: MigrationTarget, options: MigrationOptions): TypedParam[] {
  const { bandwidthMib, tls } = options
  const params: TypedParam[] = [{ field: 'migrate_uri', type: 'string', value: dataUriOf(to) }]
  if (bandwidthMib !== null) {
    const value = BigInt(bandwidthMib)
    params.push({ field: 'bandwidth', type: 'ullong', value })
    // Pages that the guest waits for go first all the same.
    if (mayPostCopy(options)) params.push({ field: 'bandwidth.postcopy', type: 'ullong', value })
  }
  // On another network it has another address, and still the one certificate.
  if (tls && to.dataUri !== null) {
    params.push({ field: 'tls.destination', type: 'string', value: libvirtAddress(to.uri).host })
  }
  return params
}

function failed(dom: DomainRef, to: MigrationTarget, outcome: Outcome, text: string, cause?: unknown): Fault {
  const details: FaultDetails = { domain: dom.name, host: to.host, text }
  return new Fault('migration-failed', outcome, details, cause === undefined ? {} : { cause })
}

function elsewhere(dom: DomainRef): Fault {
  const text = 'it moves to another host already'
  return new Fault('domain-refused', 'not-done', { action: 'migrate', domain: dom.name, text })
}
