import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readAccessSettings, rightsOfGroups } from '../../src/model/access-settings.ts'

const whole = {
  ldap: {
    url: 'ldaps://ldap.example',
    ca: '/etc/vigia/ldap-ca.crt',
    bind: { dn: 'cn=vigia,dc=example', passwordFile: '/etc/vigia/ldap-password' },
    people: 'ou=people,dc=example',
    groups: 'ou=groups,dc=example',
  },
  openid: { issuer: 'https://login.example', clientId: 'vigia', clientSecretFile: '/etc/vigia/secret' },
  roles: [
    { group: 'admins', role: 'administrator' },
    { group: 'web', role: 'operator', tags: ['front'] },
  ],
}

test('what is left out has its usual value', () => {
  const { settings, problems } = readAccessSettings(whole)
  assert.deepEqual(problems, [])
  assert.equal(settings.ldap?.nameAttribute, 'uid')
  assert.equal(settings.ldap?.memberAttribute, 'member')
  assert.deepEqual(settings.openid?.scopes, ['openid', 'profile', 'email'])
  assert.deepEqual(readAccessSettings(null).settings, { ldap: null, openid: null, roles: [] })
})

test('every mistake is told, with its place', () => {
  const cases: readonly (readonly [object | string, readonly string[]])[] = [
    ['text', ['']],
    [{ ldpa: {} }, ['ldpa']],
    [{ ...whole, roles: [] }, ['roles']],
    [{ ...whole, roles: [{ group: 'a', role: 'king' }] }, ['roles[0].role']],
    [{ ...whole, roles: [{ role: 'viewer', tags: ['x'] }] }, ['roles[0].tags', 'roles[0].group']],
    [{ ...whole, ldap: { ...whole.ldap, nameAttribute: 'uid)(x=*' } }, ['ldap.nameAttribute']],
    [{ ...whole, ldap: { ...whole.ldap, url: 'http://ldap.example' } }, ['ldap.url']],
    [{ ...whole, ldap: { ...whole.ldap, password: 'secret' } }, ['ldap.password']],
    [{ ...whole, openid: { ...whole.openid, issuer: 'http://login.example' } }, ['openid.issuer']],
    [
      { openid: {}, roles: whole.roles },
      ['openid.issuer', 'openid.issuer', 'openid.clientId', 'openid.clientSecretFile'],
    ],
  ]
  for (const [value, fields] of cases) {
    assert.deepEqual(
      readAccessSettings(value).problems.map(({ field }) => field),
      fields,
      JSON.stringify(value),
    )
  }
})

test('the first group that fits decides, not the one that gives most', () => {
  const mapping = [
    { group: 'interns', role: 'viewer', tags: null },
    { group: 'web', role: 'operator', tags: ['front'] },
  ] as const
  assert.deepEqual(rightsOfGroups(mapping, ['web', 'interns']), { role: 'viewer', tags: null })
  assert.deepEqual(rightsOfGroups(mapping, ['web']), { role: 'operator', tags: ['front'] })
  assert.equal(rightsOfGroups(mapping, ['cooks']), null)
})
