import type { FastifyInstance } from 'fastify'
import {
  AccessDone,
  UserCreateRequest,
  UserParams,
  UserPatchRequest,
  UserResult,
  UsersView,
} from '../../contract/access.ts'
import { paths, patterns, schemaVersion } from '../../contract/protocol.ts'
import { described, typed } from '../route.ts'
import type { AccessDesk } from './desk.ts'
import { smallBodyBytes } from './routes-session.ts'
import { totpUri } from './totp.ts'

/** The accounts, for administrators. */
export function userRoutes(app: FastifyInstance, { accounts, cluster }: AccessDesk): void {
  const routes = typed(app)
  const access = 'administrator'

  const list = described({ access, tag: 'access', summary: 'All accounts' }, { response: { 200: UsersView } })
  routes.get(paths.users, list, async () => ({ schemaVersion, users: await accounts.list() }))

  const create = described(
    { access, tag: 'access', summary: 'Makes an account' },
    { body: UserCreateRequest, response: { 200: UserResult } },
  )
  routes.post(paths.users, { ...create, bodyLimit: smallBodyBytes }, async (request) => ({
    schemaVersion,
    user: await accounts.create(request.body, request.caller.name),
    totp: null,
  }))

  const change = described(
    { access, tag: 'access', summary: 'Changes an account: its role, tags, password or authenticator' },
    { params: UserParams, body: UserPatchRequest, response: { 200: UserResult } },
  )
  routes.patch(patterns.user, { ...change, bodyLimit: smallBodyBytes }, async (request) => {
    const { user, secret } = await accounts.change(request.params.name, request.body)
    const totp = secret === null ? null : { secret, uri: totpUri(secret, user.name, cluster) }
    return { schemaVersion, user, totp }
  })

  const remove = described(
    { access, tag: 'access', summary: 'Removes an account; its sessions and tokens are void' },
    { params: UserParams, response: { 200: AccessDone } },
  )
  routes.delete(patterns.user, remove, async (request) => {
    await accounts.remove(request.params.name)
    return { schemaVersion }
  })
}
