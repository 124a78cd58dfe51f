import { existsSync, readFileSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Fault } from '../../model/fault.ts'
import { writeDurably } from '../ca/durable-file.ts'
import type { TlsMaterial } from '../etcd/exchange.ts'
import { fileFault } from '../machine/file-faults.ts'
import { EtcdAdmin, type EtcdMember } from './admin.ts'
import { removeLeftovers } from './leftovers.ts'
import { type EtcdProcess, writeEnvironment } from './process.ts'
import { dataFolder, type EtcdPlace, type EtcdStart, etcdEnvironment, peerUrl, urlOf } from './settings.ts'

/** How far this host has come. Stored in `state.json` of the folder. */
export type EtcdPhase = 'none' | 'founding' | 'joining' | 'member'

/** A first start writes its log anew; one that joins copies the whole store before it answers. */
const answerMs = 120_000

/** Between two questions on the way there. */
const pauseMs = 100

/** Found not running for so long: a unit that systemd starts again is away for two seconds. */
const goneMs = 10_000

/**
 * The etcd of one host: made, joined, started, taken away.
 * U1  `member` is written only after etcd answered with a leader. Before that nobody relies on its data, and a repeated call begins anew.
 * U2  Once a member, its settings say "existing": should its data be gone at a start, etcd does not found a second, empty store.
 * U3  Each method may be repeated after a crash at any point, and carries on or says what is there.
 */
export class EtcdUpkeep {
  readonly place: EtcdPlace
  readonly #process: EtcdProcess
  readonly #tls: () => TlsMaterial

  constructor(place: EtcdPlace, process: EtcdProcess, tls: () => TlsMaterial) {
    this.place = place
    this.#process = process
    this.#tls = tls
  }

  get process(): EtcdProcess {
    return this.#process
  }

  get phase(): EtcdPhase {
    const path = this.#statePath()
    if (!existsSync(path)) return 'none'
    const text = readFileSync(path, 'utf8')
    const found = (['founding', 'joining', 'member'] as const).find((phase) => text.includes(`"${phase}"`))
    if (found !== undefined) return found
    throw new Fault('store-corrupt', 'not-done', { path })
  }

  /** A store of one. `token`: the same in each try. Faults: `refused`, `not-supported`, `timeout`, the file system's. */
  async found(token: string): Promise<void> {
    if (this.phase === 'member') return this.start()
    await this.#beginAnew('founding')
    await this.#run({ kind: 'found', token })
  }

  /** A copy without a vote in the store that `others` belong to; `settleVotes` gives the vote. Faults as of `found`, and the store's. */
  async join(others: EtcdAdmin): Promise<void> {
    if (this.phase === 'member') return this.start()
    const own = await this.#ownEntry(others)
    const begun = this.phase === 'joining' && existsSync(join(dataFolder(this.place), 'member', 'wal'))
    if (own !== undefined && !begun) await others.remove(own.id)
    if (own === undefined || !begun) {
      await this.#beginAnew('joining')
      await others.addLearner(peerUrl(this.place))
    }
    const members = await others.members()
    // What another has not run yet has no name; etcd goes by the URLs.
    const urls = Object.fromEntries(members.map(({ id, name, peerUrl: url }) => [name || `id-${id}`, url]))
    for (const [name, url] of Object.entries(urls)) if (url === peerUrl(this.place)) delete urls[name]
    await this.#run({ kind: 'join', members: urls })
  }

  /** Starts what has been a member before, and waits for nothing. Faults: `refused` where its data are gone. */
  async start(): Promise<void> {
    if (!existsSync(join(dataFolder(this.place), 'member'))) {
      throw new Fault('refused', 'not-done', { path: dataFolder(this.place), text: 'the data of etcd are gone' })
    }
    await removeLeftovers(this.place.folder)
    await this.#process.start(this.#keptEnvironment())
  }

  /** Ends it and starts it again, so that it reads anew whom it trusts. A crash in between leaves it for the daemon's next start. Faults as of `untilAnswers`. */
  async restart(): Promise<void> {
    await this.#process.stop()
    await this.start()
    await this.untilAnswers()
  }

  /** Ends etcd, which takes its vote away until it is started again. */
  async stop(): Promise<void> {
    await this.#process.stop()
  }

  /** After it was removed from the members: its data are put aside, and it may join again. */
  async forget(): Promise<void> {
    await this.#process.stop()
    await this.putAside('left')
    await rm(this.#statePath(), { force: true })
  }

  /** Moves the data away under a name that says why; never deletes what may have been in force. */
  async putAside(why: string): Promise<void> {
    const data = dataFolder(this.place)
    if (!existsSync(data)) return
    for (let number = 1; ; number++) {
      const aside = `${data}.${why}-${number}`
      if (!existsSync(aside)) return rename(data, aside)
    }
  }

  /** Makes data that were prepared elsewhere this host's, as a member of one. etcd must not run. */
  async adopt(prepared: string): Promise<void> {
    await this.putAside('before-restore')
    await rename(prepared, dataFolder(this.place))
    await writeEnvironment(this.place.folder, this.#keptEnvironment())
    await this.#write('member')
  }

  /** Waits until etcd answers with a leader. Faults: `timeout`; `refused` when it ended instead: its log says why. */
  async untilAnswers(): Promise<void> {
    const url = urlOf('127.0.0.1', this.place.clientPort)
    const admin = new EtcdAdmin([url], this.#tls)
    try {
      const until = performance.now() + answerMs
      let seenAt = performance.now()
      for (;;) {
        const silence = await silenceOf(admin, url)
        if (silence === null) return
        // A question takes seconds where nobody answers: what counts is the time, not how often.
        const now = performance.now()
        if (await this.#process.running()) seenAt = now
        const path = this.place.folder
        if (now - seenAt > goneMs) throw new Fault('refused', 'unknown', { path, text: 'etcd ended' })
        if (now > until) throw new Fault('timeout', 'unknown', { limitMs: answerMs, what: 'etcd' }, { cause: silence })
        await delay(pauseMs)
      }
    } finally {
      admin.close()
    }
  }

  async #run(start: EtcdStart): Promise<void> {
    await this.#process.start(etcdEnvironment(this.place, start))
    await this.untilAnswers()
    await this.#write('member')
    await writeEnvironment(this.place.folder, this.#keptEnvironment())
  }

  /** What an interrupted try left was in nobody's use. */
  async #beginAnew(phase: 'founding' | 'joining'): Promise<void> {
    await this.#process.stop()
    if (this.phase === 'none') await this.putAside('found-here')
    await this.#write(phase)
    await rm(dataFolder(this.place), { recursive: true, force: true })
  }

  async #ownEntry(others: EtcdAdmin): Promise<EtcdMember | undefined> {
    return (await others.members()).find(({ peerUrl: url }) => url === peerUrl(this.place))
  }

  #keptEnvironment(): Readonly<Record<string, string>> {
    return etcdEnvironment(this.place, { kind: 'join', members: {} })
  }

  #statePath(): string {
    return join(this.place.folder, 'state.json')
  }

  async #write(phase: EtcdPhase): Promise<void> {
    try {
      await mkdir(this.place.folder, { recursive: true, mode: 0o700 })
      await writeDurably(this.#statePath(), `${JSON.stringify({ phase })}\n`, 0o600)
    } catch (error) {
      throw fileFault(error, { kind: 'file', path: this.#statePath() })
    }
  }
}

/** Null: it answers, with a leader. */
async function silenceOf(admin: EtcdAdmin, path: string): Promise<Fault | null> {
  try {
    if ((await admin.status()).leaderId !== '0') return null
    return new Fault('store-lost', 'not-done', { path })
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
}
