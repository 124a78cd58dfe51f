import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { startPrivateLdap, whyNoPrivateLdap } from '../../../lab/private-ldap.ts'
import { makeOwnCertificate } from '../../../src/drivers/ca/certificate-maker.ts'
import { LdapDirectory } from '../../../src/drivers/directory/ldap.ts'
import { type LdapSettings, readAccessSettings } from '../../../src/model/access-settings.ts'
import { Fault } from '../../../src/model/fault.ts'
import { wallTime } from '../../../src/model/ids.ts'
import { silentLog } from '../../../src/ports/log.ts'

const skip = whyNoPrivateLdap() ?? false

const suffix = 'dc=example,dc=org'
const person = (uid: string, password: string, more = ''): string =>
  `dn: uid=${uid},ou=people,${suffix}\nobjectClass: inetOrgPerson\nuid: ${uid}\ncn: ${uid}\nsn: ${uid}\nuserPassword: ${password}\n${more}\n`
const group = (cn: string, ...members: string[]): string =>
  `dn: cn=${cn},ou=groups,${suffix}\nobjectClass: groupOfNames\ncn: ${cn}\n${members.map((uid) => `member: uid=${uid},ou=people,${suffix}\n`).join('')}\n`
const unit = (name: string): string => `dn: ou=${name},${suffix}\nobjectClass: organizationalUnit\nou: ${name}\n\n`

const entries = [
  `dn: ${suffix}\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: Example\n\n`,
  ...['people', 'groups', 'services'].map(unit),
  `dn: cn=vigia,ou=services,${suffix}\nobjectClass: person\ncn: vigia\nsn: vigia\nuserPassword: seeker's own\n\n`,
  person('ana', 'ana at the wheel'),
  person('bia', 'bia at the oars'),
  person('caio', 'caio ashore'),
  person('dora', 'dora twice'),
  // Somebody else who goes by the same name.
  person('dora2', 'dora again', 'uid: dora\n'),
  group('vigia-administrators', 'ana'),
  group('web-team', 'bia', 'ana'),
  group('cooks', 'caio', 'dora'),
].join('')

const roles = [
  { group: 'vigia-administrators', role: 'administrator', tags: null },
  { group: `cn=web-team,ou=groups,${suffix}`, role: 'operator', tags: ['front'] },
] as const

interface Told {
  readonly text: string
}

async function directory(
  t: TestContext,
  change: (settings: LdapSettings, plainUrl: string) => LdapSettings = (s) => s,
) {
  const folder = mkdtempSync(join(tmpdir(), 'vigia-ldap-'))
  const tls = await makeOwnCertificate(['localhost', '127.0.0.1'], wallTime(Date.now()))
  writeFileSync(join(folder, 'ca.crt'), tls.certificate)
  writeFileSync(join(folder, 'password'), "seeker's own\n")
  const server = await startPrivateLdap({ suffix, entries, tls })
  t.after(async () => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  const settings: LdapSettings = {
    url: server.secureUrl,
    startTls: false,
    ca: join(folder, 'ca.crt'),
    bind: { dn: `cn=vigia,ou=services,${suffix}`, passwordFile: join(folder, 'password') },
    people: `ou=people,${suffix}`,
    nameAttribute: 'uid',
    groups: `ou=groups,${suffix}`,
    memberAttribute: 'member',
  }
  const told: Told[] = []
  const note = (message: string, fields: object = {}): void =>
    void told.push({ text: `${message} ${JSON.stringify(fields)}` })
  const log = { ...silentLog, info: note, error: note }
  return { server, told, asked: new LdapDirectory(change(settings, server.plainUrl), roles, log) }
}

test('a real slapd: who they are and what they may do, by TLS', { skip }, async (t) => {
  const { asked, told } = await directory(t)
  assert.deepEqual(await asked.signIn('ana', 'ana at the wheel'), { role: 'administrator', tags: null })
  assert.deepEqual(await asked.signIn('bia', 'bia at the oars'), { role: 'operator', tags: ['front'] })
  assert.equal(await asked.signIn('caio', 'caio ashore'), null)
  assert.match(told.at(-1)?.text ?? '', /in no group/)
  for (const [name, password] of [
    ['ana', 'bia at the oars'],
    ['ana', ''],
    ['nobody', 'ana at the wheel'],
    ['dora', 'dora twice'],
    // What is typed is a name and no part of the question.
    ['*', 'ana at the wheel'],
    ['ana)(uid=*', 'ana at the wheel'],
    ['an*', 'ana at the wheel'],
    ['ana,ou=people', 'ana at the wheel'],
  ] as const) {
    assert.equal(await asked.signIn(name, password), null, name)
  }
  assert.ok(!told.some(({ text }) => /wheel|oars|seeker/.test(text)))
})

test('StartTLS on the plain port', { skip }, async (t) => {
  const { asked } = await directory(t, (settings, url) => ({ ...settings, url, startTls: true }))
  assert.deepEqual(await asked.signIn('ana', 'ana at the wheel'), { role: 'administrator', tags: null })
})

test('a directory that cannot be asked is said, and lets nobody in', { skip }, async (t) => {
  const cases: readonly ((settings: LdapSettings) => LdapSettings)[] = [
    // Without the certificate's authority it might be anybody.
    (settings) => ({ ...settings, ca: null }),
    (settings) => ({ ...settings, url: 'ldaps://127.0.0.1:9' }),
    (settings) => ({
      ...settings,
      bind: { dn: `cn=nobody,${suffix}`, passwordFile: settings.bind?.passwordFile ?? '' },
    }),
  ]
  for (const change of cases) {
    const { asked, told } = await directory(t, change)
    const isRefused = (error: unknown): boolean => error instanceof Fault && error.code === 'sign-in-refused'
    await assert.rejects(asked.signIn('ana', 'ana at the wheel'), isRefused)
    assert.ok(told.length > 0 && !told.some(({ text }) => /wheel|seeker/.test(text)))
  }
})

test('the settings ask for TLS, off the loopback', () => {
  const ldap = { url: 'ldap://ldap.example', people: 'ou=p', groups: 'ou=g' }
  const problems = (value: object) =>
    readAccessSettings({ ldap: value, roles: [{ group: 'a', role: 'viewer' }] }).problems
  assert.deepEqual(
    problems(ldap).map(({ field }) => field),
    ['ldap.url'],
  )
  assert.deepEqual(problems({ ...ldap, startTls: true }), [])
  assert.deepEqual(problems({ ...ldap, url: 'ldap://127.0.0.1:389' }), [])
})
