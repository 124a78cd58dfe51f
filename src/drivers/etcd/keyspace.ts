import { Fault } from '../../model/fault.ts'
import { isName } from '../../model/ids.ts'
import { encodeText, endOfPrefix, utf8 } from './wire.ts'

/** A range of keys as etcd's calls take it, in base64. */
export interface KeyRange {
  readonly key: string
  readonly range_end: string
}

/** Where one cluster's keys lie in etcd, which others may use too: `/vigia/CLUSTER/KEY`. */
export class Keyspace {
  readonly #root: string
  /** This daemon's guard, beside the keys, so that no watcher hears of it (see guard.ts). In base64. */
  readonly guardKey: string

  constructor(cluster: string, client: string) {
    for (const name of [cluster, client]) {
      if (!isName(name)) throw new Fault('bad-request', 'not-done', { expected: 'a name', got: name.slice(0, 100) })
    }
    this.#root = `/vigia/${cluster}/`
    this.guardKey = encodeText(`/vigia-guard/${cluster}/${client}`)
  }

  encode(key: string): string {
    return encodeText(this.#root + key)
  }

  range(prefix: string): KeyRange {
    return { key: encodeText(this.#root + prefix), range_end: endOfPrefix(this.#root + prefix) }
  }

  /** Throws `store-corrupt` for a key that nobody can have written through the port. */
  decode(bytes: Buffer): string {
    const key = utf8(bytes)
    if (key?.startsWith(this.#root)) return key.slice(this.#root.length)
    throw new Fault('store-corrupt', 'not-done', { key: bytes.toString('latin1'), text: 'not a key of this cluster' })
  }
}
