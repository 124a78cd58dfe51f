import { readFile } from 'node:fs/promises'
import * as client from 'openid-client'
import { isAccountName } from '../../model/access.ts'
import { type GroupRights, type OpenIdSettings, rightsOfGroups } from '../../model/access-settings.ts'
import { Fault } from '../../model/fault.ts'
import type { OpenId, OpenIdAttempt, Vouched } from '../../ports/directory.ts'
import type { Log } from '../../ports/log.ts'
import { fileFault } from '../machine/file-faults.ts'

/** Each question to the provider. */
const answerS = 10

/** One provider, by the code flow with PKCE; who somebody is it says in a signed token, which names this attempt. */
export class OpenIdProvider implements OpenId {
  readonly name: string
  readonly #settings: OpenIdSettings
  readonly #roles: readonly GroupRights[]
  readonly #returnUrl: string
  readonly #log: Log
  #found: Promise<client.Configuration> | null = null

  /** `returnUrl`: where a browser comes back to, as the provider was told. */
  constructor(settings: OpenIdSettings, roles: readonly GroupRights[], returnUrl: string, log: Log) {
    this.name = settings.name
    this.#settings = settings
    this.#roles = roles
    this.#returnUrl = returnUrl
    this.#log = log
  }

  async begin(): Promise<{ readonly url: string; readonly attempt: OpenIdAttempt }> {
    const provider = await this.#provider()
    const attempt = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
    }
    const url = client.buildAuthorizationUrl(provider, {
      redirect_uri: this.#returnUrl,
      scope: this.#settings.scopes.join(' '),
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(attempt.verifier),
      code_challenge_method: 'S256',
    })
    return { url: url.href, attempt }
  }

  async finish({ state, nonce, verifier }: OpenIdAttempt, returned: URLSearchParams): Promise<Vouched | null> {
    const provider = await this.#provider()
    const here = new URL(this.#returnUrl)
    here.search = returned.toString()
    try {
      const tokens = await client.authorizationCodeGrant(provider, here, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      })
      const claims = tokens.claims()
      if (claims === undefined) throw new Error('no claims')
      // Some providers tell groups to whoever asks, and put them into no token.
      const more = this.#settings.groupsClaim in claims ? {} : await this.#userInfo(provider, tokens, claims.sub)
      return this.#vouched({ ...more, ...claims })
    } catch (cause) {
      throw this.#failed(cause)
    }
  }

  #vouched(claims: Readonly<Record<string, unknown>>): Vouched | null {
    const { nameClaim, groupsClaim } = this.#settings
    const name = String(claims[nameClaim] ?? '').toLowerCase()
    const groups = [claims[groupsClaim] ?? []].flat().map(String)
    const rights = rightsOfGroups(this.#roles, groups)
    // An address that nobody checked is what somebody says of themselves.
    const unproven = nameClaim === 'email' && claims.email_verified === false
    if (rights !== null && isAccountName(name) && !unproven) return { name, ...rights }
    this.#log.info('the provider’s person does not come in', { name: name.slice(0, 64), groups: groups.slice(0, 50) })
    return null
  }

  async #userInfo(
    provider: client.Configuration,
    tokens: client.TokenEndpointResponse,
    subject: string,
  ): Promise<Readonly<Record<string, unknown>>> {
    if (provider.serverMetadata().userinfo_endpoint === undefined) return {}
    return client.fetchUserInfo(provider, tokens.access_token, subject)
  }

  /** Found once; a provider that was away is asked again by the next. */
  #provider(): Promise<client.Configuration> {
    this.#found ??= this.#discover().catch((cause: unknown) => {
      this.#found = null
      throw this.#failed(cause)
    })
    return this.#found
  }

  async #discover(): Promise<client.Configuration> {
    const { issuer, clientId, clientSecretFile } = this.#settings
    const secret = (await readText(clientSecretFile)).replace(/\r?\n$/, '')
    // The settings allow it on the loopback alone.
    const execute = issuer.startsWith('http:') ? [client.allowInsecureRequests] : []
    return client.discovery(new URL(issuer), clientId, secret, undefined, { timeout: answerS, execute })
  }

  #failed(cause: unknown): Fault {
    if (cause instanceof Fault) return cause
    const { name, message, code } = cause as { name?: string; message?: string; code?: string }
    this.#log.error('the provider does not let somebody in', {
      issuer: this.#settings.issuer,
      error: `${name}: ${message}`,
      code,
    })
    return new Fault('sign-in-refused', 'not-done', { text: 'the provider says no, or does not answer' }, { cause })
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw fileFault(error, { kind: 'file', path })
  }
}
