import { createClient } from '../../client/client.ts'
import type {
  AuditView,
  SignInView,
  TokenCreateRequest,
  TokenResult,
  TokensView,
  UserCreateRequest,
  UserPatchRequest,
  UserResult,
  UsersView,
} from '../../contract/access.ts'
import { apiPrefix, paths } from '../../contract/protocol.ts'
import { ask, transport } from './ask.ts'
import type { MetricsRange, MetricsView } from './wire.ts'

const named = (name: string): string => encodeURIComponent(name)

const client = createClient(transport)

/** Everything that the console asks and says. The first part is what the command line uses, too. */
export const api = {
  ...client,
  metrics: (subject: string, range: MetricsRange) =>
    ask<MetricsView>('GET', `${apiPrefix}/metrics/history?subject=${named(subject)}&range=${range}`),
  consoleTicket: (guest: string, kind: 'vnc' | 'serial', force: boolean) =>
    client.consoleTicket(guest, { kind, ...(force && { force }) }),
  signIn: () => ask<SignInView>('GET', paths.signIn),
  users: () => ask<UsersView>('GET', paths.users),
  addUser: (user: UserCreateRequest) => ask<UserResult>('POST', paths.users, user),
  changeUser: (name: string, change: UserPatchRequest) => ask<UserResult>('PATCH', paths.user(name), change),
  removeUser: (name: string) => ask<object>('DELETE', paths.user(name)),
  tokens: () => ask<TokensView>('GET', paths.tokens),
  addToken: (token: TokenCreateRequest) => ask<TokenResult>('POST', paths.tokens, token),
  removeToken: (id: string) => ask<object>('DELETE', paths.token(id)),
  audit: () => ask<AuditView>('GET', paths.audit),
}
