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
import { ask, askText, fetchTransport } from './ask.ts'
import type { MetricsRange, MetricsView } from './wire.ts'

const named = (name: string): string => encodeURIComponent(name)

/** Everything that the console asks and says. The first part is what the command line uses, too. */
export const api = {
  ...createClient(fetchTransport),
  cancelTask: (id: string) => ask<object>('POST', paths.taskCancel(id), {}),
  metrics: (subject: string, range: MetricsRange) =>
    ask<MetricsView>('GET', `${apiPrefix}/metrics/history?subject=${named(subject)}&range=${range}`),
  consoleTicket: (guest: string, kind: 'vnc' | 'serial', force: boolean) =>
    ask<{ readonly ticket: string; readonly path: string }>(
      'POST',
      `${apiPrefix}/guests/${named(guest)}/console-ticket`,
      { kind, ...(force && { force }) },
    ),
  guestXml: (guest: string) => askText(`${apiPrefix}/guests/${named(guest)}/xml`),
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
