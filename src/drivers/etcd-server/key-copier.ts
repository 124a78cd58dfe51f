import { Refusal } from '../etcd/etcd-faults.ts'
import type { TlsMaterial } from '../etcd/exchange.ts'
import { Gateway } from '../etcd/gateway.ts'
import { type Json, list, record } from '../etcd/wire.ts'

/** Keys read at once, and written at once: a value is up to 16 MiB, and most are a few hundred bytes. */
const pageKeys = 10

/** One page: read, or written. */
const pageMs = 60_000

/** Bounds the loop over pages; the largest store has some ten thousand keys. */
const maxPages = 100_000

/** Copies keys from one etcd to another, as they are. */
export class KeyCopier {
  readonly #from: Gateway
  readonly #to: Gateway

  constructor(from: string, to: string, tls: () => TlsMaterial) {
    this.#from = new Gateway({ endpoints: [from], tls, attemptMs: pageMs })
    this.#to = new Gateway({ endpoints: [to], tls, attemptMs: pageMs })
  }

  /** `first`, `end`: in base64, as etcd's ranges are. Returns how many keys. Faults: the store's. */
  async copy(first: string, end: string): Promise<number> {
    let [key, copied] = [first, 0]
    for (let page = 0; page < maxPages; page++) {
      const answer = await post(this.#from, '/v3/kv/range', { key, range_end: end, limit: String(pageKeys) }, false)
      const pairs = list(answer.kvs, 'keys').map((value) => record(value, 'a key'))
      // One by one: together they might be more than one request takes.
      for (const pair of pairs) await post(this.#to, '/v3/kv/put', { key: pair.key, value: pair.value ?? '' }, true)
      copied += pairs.length
      const last = pairs.at(-1)?.key
      if (answer.more !== true || typeof last !== 'string') return copied
      key = Buffer.concat([Buffer.from(last, 'base64'), Buffer.from([0])]).toString('base64')
    }
    throw new Error(`more than ${maxPages} pages`)
  }

  close(): void {
    this.#from.close()
    this.#to.close()
  }
}

async function post(gateway: Gateway, path: string, body: Json, writes: boolean): Promise<Json> {
  try {
    return await gateway.call({ path, body: JSON.stringify(body), writes, limitMs: pageMs })
  } catch (error) {
    throw error instanceof Refusal ? error.fault : error
  }
}
