import type {
  AccessDone,
  AuditQuery,
  AuditView,
  ConsoleLinkResult,
  TokenCreateRequest,
  TokenResult,
  TokensView,
  UserCreateRequest,
  UserPatchRequest,
  UserResult,
  UsersView,
} from '../contract/access.ts'
import { paths } from '../contract/protocol.ts'

/** Who may come in: for administrators. Throws as the client does. */
export interface AccessClient {
  users(): Promise<UsersView>
  createUser(request: UserCreateRequest): Promise<UserResult>
  changeUser(name: string, request: UserPatchRequest): Promise<UserResult>
  removeUser(name: string): Promise<AccessDone>
  tokens(): Promise<TokensView>
  createToken(request: TokenCreateRequest): Promise<TokenResult>
  revokeToken(id: string): Promise<AccessDone>
  audit(query: AuditQuery): Promise<AuditView>
  /** Through the socket of a host only. */
  consoleLink(): Promise<ConsoleLinkResult>
}

export type AskAccess = <Answer>(
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body: object | null,
) => Promise<Answer>

export function accessClient(ask: AskAccess): AccessClient {
  return {
    users: () => ask('GET', paths.users, null),
    createUser: (request) => ask('POST', paths.users, request),
    changeUser: (name, request) => ask('PATCH', paths.user(name), request),
    removeUser: (name) => ask('DELETE', paths.user(name), null),
    tokens: () => ask('GET', paths.tokens, null),
    createToken: (request) => ask('POST', paths.tokens, request),
    revokeToken: (id) => ask('DELETE', paths.token(id), null),
    audit: (query) => ask('GET', `${paths.audit}?${new URLSearchParams(query as Record<string, string>)}`, null),
    consoleLink: () => ask('POST', paths.consoleLink, {}),
  }
}
