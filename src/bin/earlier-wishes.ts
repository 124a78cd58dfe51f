import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { removeDurably, writeDurably } from '../drivers/ca/durable-file.ts'
import { fileFault } from '../drivers/machine/file-faults.ts'
import { faultData } from '../model/fault.ts'
import type { Log } from '../ports/log.ts'
import { type Entry, type Store, storeKeys } from '../ports/store.ts'

/**
 * A host that was alone had wishes of its own. In a cluster they are the cluster's, where this host founded it, or nobody's, where it joined;
 * never do they come back into force once it is alone again: its guests may run elsewhere by then (S1).
 */
export interface EarlierWishes {
  readonly stateDirectory: string
  /** Of the host alone. */
  readonly local: Store
  readonly cluster: Store
  readonly log: Log
  readonly signal: AbortSignal
}

/** Between two tries to reach a store that does not answer. */
const againMs = 2_000

/** A transaction takes 20 000 writes. */
const removedAtOnce = 10_000

/** There from the founding of a cluster until its store has what was wished before. */
const markName = 'wishes-to-hand-over'

/** What was in the store of the host alone, for people. */
export const setAsideName = 'before-the-cluster.json'

/** Called before the host becomes a member. Harmless when repeated. */
export function markHandOver(stateDirectory: string): Promise<void> {
  return onFile(join(stateDirectory, markName), (path) => writeDurably(path, '', 0o600))
}

/**
 * Hands over what the founder wished before, and sets aside what was in its own store. A cluster that has a file already keeps that one. Tries for as
 * long as the cluster's store does not answer; interrupted anywhere, the next start of the daemon carries on.
 */
export async function handOverWishes(options: EarlierWishes): Promise<void> {
  const { stateDirectory, local, cluster, log, signal } = options
  const mark = join(stateDirectory, markName)
  const { entries } = await local.read('')
  if (entries.length > 0) {
    if (existsSync(mark)) {
      const handed = await untilAnswered(() => handOver(cluster, entries), log, signal)
      if (handed === null) return
      if (handed) log.info('what was wished of this host alone is in force in its cluster')
    }
    const path = join(stateDirectory, setAsideName)
    await onFile(path, () => writeDurably(path, setAsideText(entries), 0o600))
    for (let from = 0; from < entries.length; from += removedAtOnce) {
      const remove = entries.slice(from, from + removedAtOnce).map(({ key }) => key)
      await local.transact({ when: [], put: [], remove })
    }
    log.info('what was kept while this host was alone is set aside', { path })
  }
  if (existsSync(mark)) await onFile(mark, removeDurably)
}

/** The file and what is wished of guests; what was wished of the host was for this boot. False: the cluster has a file of its own. */
async function handOver(cluster: Store, entries: readonly Entry[]): Promise<boolean> {
  const put = entries.filter(({ key }) => key === storeKeys.cluster || key.startsWith(storeKeys.guestWishes))
  if (!put.some(({ key }) => key === storeKeys.cluster)) return false
  const result = await cluster.transact({ when: [{ key: storeKeys.cluster, revision: 0 }], put, remove: [] })
  return result.done
}

/** Null: not before `signal`. Whether an unanswered write was done does not matter: done twice it is refused. */
async function untilAnswered<T>(ask: () => Promise<T>, log: Log, signal: AbortSignal): Promise<T | null> {
  for (let told = false; !signal.aborted; told = true) {
    try {
      return await ask()
    } catch (error) {
      if (!told) log.warn('what was wished of this host alone waits for the store', { ...faultData(error) })
    }
    await setTimeout(againMs, undefined, { signal }).catch(() => {})
  }
  return null
}

function setAsideText(entries: readonly Entry[]): string {
  const values = entries.map(({ key, value }) => [key, JSON.parse(value) as unknown])
  return `${JSON.stringify(Object.fromEntries(values), null, 2)}\n`
}

async function onFile(path: string, act: (path: string) => Promise<void>): Promise<void> {
  try {
    await act(path)
  } catch (error) {
    throw fileFault(error, { kind: 'file', path })
  }
}
