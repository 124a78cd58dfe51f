import { readFile } from 'node:fs/promises'
import { Client, type Entry, EqualityFilter } from 'ldapts'
import type { Rights } from '../../model/access.ts'
import { type GroupRights, type LdapSettings, rightsOfGroups } from '../../model/access-settings.ts'
import { Fault } from '../../model/fault.ts'
import type { Directory } from '../../ports/directory.ts'
import type { Log } from '../../ports/log.ts'
import { fileFault } from '../machine/file-faults.ts'

/** Each question; a sign-in asks four. */
const answerMs = 5_000

/** More than this somebody is not in, or the question was wrong. */
const maxGroups = 1_000

/** Asks a directory anew at each sign-in: nothing of it is kept, and nothing waits on it otherwise. */
export class LdapDirectory implements Directory {
  readonly #settings: LdapSettings
  readonly #roles: readonly GroupRights[]
  readonly #log: Log

  constructor(settings: LdapSettings, roles: readonly GroupRights[], log: Log) {
    this.#settings = settings
    this.#roles = roles
    this.#log = log
  }

  async signIn(name: string, password: string): Promise<Rights | null> {
    // A bind without a password succeeds as nobody (RFC 4513, 5.1.2): it proves nothing.
    if (password === '') return null
    const seeker = await this.#open()
    try {
      await this.#bindSeeker(seeker)
      const person = await this.#person(seeker, name)
      if (person === null || !(await this.#proves(person, password))) return this.#no(name, 'name or password')
      const groups = await this.#groups(seeker, person)
      return rightsOfGroups(this.#roles, groups) ?? this.#no(name, 'in no group that may come in')
    } catch (cause) {
      if (cause instanceof Fault) throw cause
      this.#log.error('the directory cannot be asked', { url: this.#settings.url, error: describe(cause) })
      throw new Fault('sign-in-refused', 'unknown', { text: 'the directory cannot be asked' }, { cause })
    } finally {
      await close(seeker)
    }
  }

  async #open(): Promise<Client> {
    const { url, startTls, ca } = this.#settings
    const tls = { minVersion: 'TLSv1.2', ...(ca !== null && { ca: await readText(ca) }) } as const
    const secure = url.startsWith('ldaps:')
    const client = new Client({
      url,
      timeout: answerMs,
      connectTimeout: answerMs,
      strictDN: false,
      ...(secure && { tlsOptions: tls }),
    })
    if (startTls) await client.startTLS(tls)
    return client
  }

  async #bindSeeker(client: Client): Promise<void> {
    const { bind } = this.#settings
    if (bind === null) return
    const password = (await readText(bind.passwordFile)).replace(/\r?\n$/, '')
    await client.bind(bind.dn, password)
  }

  /** Null: nobody, or several: whose password it would be is not known then. */
  async #person(client: Client, name: string): Promise<Entry | null> {
    const { people, nameAttribute } = this.#settings
    // Built, not written: what is typed is a value and never part of the question.
    const filter = new EqualityFilter({ attribute: nameAttribute, value: name })
    const found = await client.search(people, { scope: 'sub', filter, attributes: ['1.1'], sizeLimit: 2 })
    const [person] = found.searchEntries
    return found.searchEntries.length === 1 ? (person ?? null) : null
  }

  async #proves({ dn }: Entry, password: string): Promise<boolean> {
    const client = await this.#open()
    try {
      await client.bind(dn, password)
      return true
    } catch (error) {
      if (isInvalidCredentials(error)) return false
      throw error
    } finally {
      await close(client)
    }
  }

  /** By their names (`cn`) and by their whole DNs: a mapping may say either. */
  async #groups(client: Client, { dn }: Entry): Promise<string[]> {
    const { groups, memberAttribute } = this.#settings
    const filter = new EqualityFilter({ attribute: memberAttribute, value: dn })
    const found = await client.search(groups, { scope: 'sub', filter, attributes: ['cn'], sizeLimit: maxGroups })
    return found.searchEntries.flatMap(({ dn: group, cn }) => [group, ...[cn ?? []].flat().map(String)])
  }

  #no(name: string, text: string): null {
    this.#log.info('the directory does not let somebody in', { name, text })
    return null
  }
}

/** RFC 4511: invalidCredentials. */
function isInvalidCredentials(error: unknown): boolean {
  return (error as { code?: unknown }).code === 49
}

async function close(client: Client): Promise<void> {
  try {
    await client.unbind()
  } catch {
    // The connection is gone already: nothing of it is left to close.
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw fileFault(error, { kind: 'file', path })
  }
}

/** Its words, without what was sent. */
function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
