import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import type { StoredPassword } from '../../model/access.ts'
import { Fault } from '../../model/fault.ts'
import type { Passwords } from '../../ports/passwords.ts'

/** OWASP's least for argon2id: a daemon that watches over guests has no 64 MiB to spare for each who signs in. */
const usual = { memoryKib: 19_456, passes: 2, lanes: 1 } as const

const saltBytes = 16
const hashBytes = 32

/** Of a stored one: more than this was not written by us. */
const most = { memoryKib: 262_144, passes: 16, lanes: 4 } as const

/** Waiting for their turn: each takes some 30 ms, so this is about a second. Whoever comes then is told to come back. */
const maxWaiting = 32

/** Argon2id, of Node's own cryptography; one at a time, on a thread that decides nothing. */
export class Argon2Passwords implements Passwords {
  /** What is compared against where there is nothing to compare with. Its password is nobody's. */
  readonly #nobody: StoredPassword = {
    ...usual,
    salt: randomBytes(saltBytes).toString('base64url'),
    hash: randomBytes(hashBytes).toString('base64url'),
  }
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0

  async hash(password: string): Promise<StoredPassword> {
    const salt = randomBytes(saltBytes)
    const hash = await this.#inTurn(() => derived(password, salt, usual))
    return { ...usual, salt: salt.toString('base64url'), hash: hash.toString('base64url') }
  }

  async matches(password: string, stored: StoredPassword | null): Promise<boolean> {
    const against = stored !== null && isBearable(stored) ? stored : this.#nobody
    const salt = Buffer.from(against.salt, 'base64url')
    const wanted = Buffer.from(against.hash, 'base64url')
    const got = await this.#inTurn(() => derived(password, salt, against))
    return got.length === wanted.length && timingSafeEqual(got, wanted) && against === stored
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

function derived(
  password: string,
  nonce: Buffer,
  { memoryKib, passes, lanes }: Pick<StoredPassword, 'memoryKib' | 'passes' | 'lanes'>,
): Promise<Buffer> {
  const message = Buffer.from(password.normalize('NFC'), 'utf8')
  const parameters = { message, nonce, parallelism: lanes, tagLength: hashBytes, memory: memoryKib, passes }
  return new Promise((resolve, reject) => {
    argon2('argon2id', parameters, (error, key) => {
      message.fill(0)
      if (error === null) resolve(key)
      else reject(error)
    })
  })
}
