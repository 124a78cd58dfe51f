import type { FastifyInstance } from 'fastify'
import type { TokenView } from '../../contract/access.ts'
import { AccessDone, TokenCreateRequest, TokenParams, TokenResult, TokensView } from '../../contract/access.ts'
import { paths, patterns, schemaVersion } from '../../contract/protocol.ts'
import { maxTokens, tokenLifeMaxMs, tokenLifeUsualMs } from '../../core/access-rules.ts'
import type { ApiTokenRecord, Caller } from '../../model/access.ts'
import { Fault } from '../../model/fault.ts'
import { byName, type WallTime } from '../../model/ids.ts'
import { storeKeys } from '../../ports/store.ts'
import { described, typed } from '../route.ts'
import type { AccessDesk } from './desk.ts'
import { smallBodyBytes } from './routes-session.ts'
import { hashOf, newId, newSecret, tokenText } from './secrets.ts'

/** The tokens of programs, for administrators. */
export function tokenRoutes(app: FastifyInstance, { records, clock }: AccessDesk): void {
  const routes = typed(app)
  const access = 'administrator'

  const list = described(
    { access, tag: 'access', summary: 'All tokens, those that have expired included' },
    { response: { 200: TokensView } },
  )
  routes.get(paths.tokens, list, async () => {
    await records.ready()
    const all = records.tokens().sort((one, other) => byName(one.name, other.name) || byName(one.id, other.id))
    return { schemaVersion, tokens: all.map(viewOf) }
  })

  const create = described(
    {
      access,
      tag: 'access',
      summary: 'Makes a token for a program',
      about: 'The secret is answered this once: `Authorization: Bearer SECRET`.',
    },
    { body: TokenCreateRequest, response: { 200: TokenResult } },
  )
  routes.post(paths.tokens, { ...create, bodyLimit: smallBodyBytes }, async (request) => {
    await records.ready()
    const { name, role, tags = null, forMs = tokenLifeUsualMs } = request.body
    if (forMs > tokenLifeMaxMs)
      throw new Fault('bad-request', 'not-done', { field: 'forMs', expected: `<= ${tokenLifeMaxMs}` })
    if (tags !== null && role !== 'operator') {
      throw new Fault('bad-request', 'not-done', { field: 'tags', text: 'only an operator is limited to tags' })
    }
    if (records.tokens().length >= maxTokens) {
      throw new Fault('limit-reached', 'not-done', { what: 'tokens of programs', limit: maxTokens })
    }
    const [id, secret, createdAt] = [newId(), newSecret(), clock.wall()]
    const token: ApiTokenRecord = {
      ...{ id, name, role, tags, createdAt },
      hash: hashOf(secret),
      owner: ownerOf(request.caller),
      createdBy: request.caller.name,
      expiresAt: (createdAt + forMs) as WallTime,
    }
    const key = storeKeys.apiToken(id)
    const put = [{ key, value: JSON.stringify(token) }]
    const written = await records.transact({ when: [{ key, revision: 0 }], put, remove: [] })
    if (!written.done) throw new Fault('daemon-busy', 'not-done', { text: 'somebody else changed it meanwhile' })
    return { schemaVersion, token: viewOf(token), secret: tokenText(id, secret) }
  })

  const revoke = described(
    { access, tag: 'access', summary: 'Revokes a token: what uses it is cut off' },
    { params: TokenParams, response: { 200: AccessDone } },
  )
  routes.delete(patterns.token, revoke, async (request) => {
    await records.ready()
    const { id } = request.params
    if (records.token(id) === null) throw new Fault('account-unknown', 'not-done', { name: id })
    await records.transact({ when: [], put: [], remove: [storeKeys.apiToken(id)] })
    return { schemaVersion }
  })

  /** An account's name, where an account asks; of a token: its owner's. Others vouch for people who are no record here. */
  function ownerOf({ by, id, name }: Caller): string | null {
    if (by === 'token') return id === null ? null : (records.token(id)?.value.owner ?? null)
    return by === 'session' && records.account(name) !== null ? name : null
  }
}

function viewOf({ id, name, role, tags, owner, createdBy, createdAt, expiresAt }: ApiTokenRecord): TokenView {
  return { id, name, role, tags, owner, createdBy, createdAt, expiresAt }
}
