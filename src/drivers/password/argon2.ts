import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { StoredPassword } from '../../model/access.ts'
import { Fault } from '../../model/fault.ts'
import type { Passwords } from '../../ports/passwords.ts'
import { hashBytes } from './derive.ts'
import { HasherProcess } from './hasher-process.ts'

/** OWASP's least for argon2id: a daemon that watches over guests has no 64 MiB to spare for each who signs in. */
const usual = { memoryKib: 19_456, passes: 2, lanes: 1 } as const

const saltBytes = 16

/** Of a stored one: more than this was not written by us. */
const most = { memoryKib: 262_144, passes: 16, lanes: 4 } as const

/** Waiting for their turn: each takes some 30 ms, so this is about a second. Whoever comes then is told to come back. */
const maxWaiting = 32

/** Argon2id, of Node's own cryptography; one at a time, in a process that decides nothing. */
export class Argon2Passwords implements Passwords {
  /** What is compared against where there is nothing to compare with. Its password is nobody's. */
  readonly #nobody: StoredPassword = {
    ...usual,
    salt: randomBytes(saltBytes).toString('base64url'),
    hash: randomBytes(hashBytes).toString('base64url'),
  }
  readonly #hasher = new HasherProcess()
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0

  async hash(password: string): Promise<StoredPassword> {
    const salt = randomBytes(saltBytes).toString('base64url')
    const hash = await this.#inTurn(() => this.#hasher.derive({ password, salt, ...usual }))
    return { ...usual, salt, hash }
  }

  async matches(password: string, stored: StoredPassword | null): Promise<boolean> {
    const against = stored !== null && isBearable(stored) ? stored : this.#nobody
    const { salt, memoryKib, passes, lanes } = against
    const hash = await this.#inTurn(() => this.#hasher.derive({ password, salt, memoryKib, passes, lanes }))
    const [got, wanted] = [hash, against.hash].map((text) => Buffer.from(text, 'base64url'))
    const alike = got !== undefined && got.length === wanted?.length && timingSafeEqual(got, wanted)
    return alike && against === stored
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waiting >= maxWaiting)
      throw new Fault('limit-reached', 'not-done', { what: 'sign-ins', limit: maxWaiting })
    this.#waiting += 1
    const turn = this.#last.then(work)
    this.#last = turn.catch(() => {})
    try {
      return await turn
    } finally {
      this.#waiting -= 1
    }
  }
}

function isBearable({ memoryKib, passes, lanes }: StoredPassword): boolean {
  return memoryKib <= most.memoryKib && passes <= most.passes && lanes <= most.lanes
}
