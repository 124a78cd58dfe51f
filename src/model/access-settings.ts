import { type Rights, type Role, roles } from './access.ts'

/** Whom a directory or a provider vouches for gets the rights of the first of these groups that they are in. */
export interface GroupRights extends Rights {
  readonly group: string
}

export interface LdapSettings {
  readonly url: string
  readonly startTls: boolean
  /** Path of a PEM file; null: the system's authorities. */
  readonly ca: string | null
  /** Who looks people up; null: nobody in particular. */
  readonly bind: { readonly dn: string; readonly passwordFile: string } | null
  readonly people: string
  readonly nameAttribute: string
  readonly groups: string
  readonly memberAttribute: string
}

export interface OpenIdSettings {
  readonly name: string
  readonly issuer: string
  readonly clientId: string
  readonly clientSecretFile: string
  readonly nameClaim: string
  readonly groupsClaim: string
  readonly scopes: readonly string[]
}

/** `access.yaml` of a daemon: who else may come in than those with an account. */
export interface AccessSettings {
  readonly ldap: LdapSettings | null
  readonly openid: OpenIdSettings | null
  readonly roles: readonly GroupRights[]
}

/** One mistake: where, and what should be there. */
export interface SettingsProblem {
  readonly field: string
  readonly expected: string
}

export const noAccessSettings: AccessSettings = { ldap: null, openid: null, roles: [] }

/** The rights of somebody in these groups; null: none that may come in. */
export function rightsOfGroups(mapping: readonly GroupRights[], groups: readonly string[]): Rights | null {
  const found = mapping.find(({ group }) => groups.includes(group))
  return found === undefined ? null : { role: found.role, tags: found.tags }
}

type Fields = Readonly<Record<string, unknown>>

/** Reads what YAML gave. Every mistake is told, not the first alone. */
export function readAccessSettings(value: unknown): {
  readonly settings: AccessSettings
  readonly problems: readonly SettingsProblem[]
} {
  const reader = new Reader()
  const top = reader.fields(value ?? {}, '', ['ldap', 'openid', 'roles'])
  const settings = {
    ldap: top.ldap === undefined ? null : ldapSettings(reader, top.ldap),
    openid: top.openid === undefined ? null : openIdSettings(reader, top.openid),
    roles: reader.list(top.roles ?? [], 'roles').map((one, place) => groupRights(reader, one, `roles[${place}]`)),
  }
  if ((settings.ldap ?? settings.openid) !== null && settings.roles.length === 0) {
    reader.problem('roles', 'a group that may come in')
  }
  return { settings, problems: reader.problems }
}

function ldapSettings(reader: Reader, value: unknown): LdapSettings {
  const known = ['url', 'startTls', 'ca', 'bind', 'people', 'nameAttribute', 'groups', 'memberAttribute']
  const fields = reader.fields(value, 'ldap', known)
  const text = (name: string, usual?: string): string => reader.text(fields[name] ?? usual, `ldap.${name}`)
  const url = text('url')
  const startTls = fields.startTls === true
  if (fields.startTls !== undefined && typeof fields.startTls !== 'boolean')
    reader.problem('ldap.startTls', 'true or false')
  const place = /^ldaps?:\/\/(\[[^\]]+\]|[^/:]+)(:[0-9]+)?\/?$/.exec(url)
  if (place === null) reader.problem('ldap.url', 'ldaps://HOST or ldap://HOST')
  // A password in the clear is one that everybody on the way has.
  else if (url.startsWith('ldap://') && !startTls && !isLoopback(place[1] ?? '')) {
    reader.problem('ldap.url', 'ldaps://, or startTls: true')
  }
  const bind = fields.bind === undefined ? null : reader.fields(fields.bind, 'ldap.bind', ['dn', 'passwordFile'])
  return {
    url,
    startTls,
    ca: fields.ca === undefined ? null : text('ca'),
    bind: bind && {
      dn: reader.text(bind.dn, 'ldap.bind.dn'),
      passwordFile: reader.text(bind.passwordFile, 'ldap.bind.passwordFile'),
    },
    people: text('people'),
    nameAttribute: reader.attribute(text('nameAttribute', 'uid'), 'ldap.nameAttribute'),
    groups: text('groups'),
    memberAttribute: reader.attribute(text('memberAttribute', 'member'), 'ldap.memberAttribute'),
  }
}

function openIdSettings(reader: Reader, value: unknown): OpenIdSettings {
  const known = ['name', 'issuer', 'clientId', 'clientSecretFile', 'nameClaim', 'groupsClaim', 'scopes']
  const fields = reader.fields(value, 'openid', known)
  const text = (name: string, usual?: string): string => reader.text(fields[name] ?? usual, `openid.${name}`)
  const issuer = text('issuer')
  const place = /^(https?):\/\/(\[[^\]]+\]|[^/:]+)/.exec(issuer)
  if (place === null || (place[1] === 'http' && !isLoopback(place[2] ?? ''))) {
    reader.problem('openid.issuer', 'https://…')
  }
  const scopes = reader.list(fields.scopes ?? ['openid', 'profile', 'email'], 'openid.scopes')
  return {
    name: text('name', 'OpenID'),
    issuer,
    clientId: text('clientId'),
    clientSecretFile: text('clientSecretFile'),
    nameClaim: text('nameClaim', 'email'),
    groupsClaim: text('groupsClaim', 'groups'),
    scopes: scopes.map((scope, n) => reader.text(scope, `openid.scopes[${n}]`)),
  }
}

function groupRights(reader: Reader, value: unknown, field: string): GroupRights {
  const fields = reader.fields(value, field, ['group', 'role', 'tags'])
  const role = roles.find((one) => one === fields.role)
  if (role === undefined) reader.problem(`${field}.role`, roles.join(', '))
  const tags =
    fields.tags === undefined
      ? null
      : reader.list(fields.tags, `${field}.tags`).map((tag, n) => reader.text(tag, `${field}.tags[${n}]`))
  if (tags !== null && role !== 'operator') reader.problem(`${field}.tags`, 'only an operator is limited to tags')
  return { group: reader.text(fields.group, `${field}.group`), role: role ?? ('viewer' satisfies Role), tags }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.[0-9.]+$/.test(host)
}

class Reader {
  readonly problems: SettingsProblem[] = []

  problem(field: string, expected: string): void {
    this.problems.push({ field, expected })
  }

  /** Fields that nobody knows are mistakes: a misspelt one would be left out in silence. */
  fields(value: unknown, field: string, known: readonly string[]): Fields {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.problem(field, known.join(', '))
      return {}
    }
    for (const name of Object.keys(value)) {
      if (!known.includes(name)) this.problem(field === '' ? name : `${field}.${name}`, known.join(', '))
    }
    return value as Fields
  }

  text(value: unknown, field: string): string {
    if (typeof value === 'string' && value !== '') return value
    this.problem(field, 'a text')
    return ''
  }

  /** It goes into a question as it is. */
  attribute(value: string, field: string): string {
    if (/^[A-Za-z][A-Za-z0-9-]*$/.test(value)) return value
    this.problem(field, 'the name of an attribute')
    return ''
  }

  list(value: unknown, field: string): readonly unknown[] {
    if (Array.isArray(value)) return value
    this.problem(field, 'a list')
    return []
  }
}
