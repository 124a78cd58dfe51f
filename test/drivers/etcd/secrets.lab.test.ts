import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { type PrivateEtcd, startPrivateEtcd, whyNoPrivateEtcd } from '../../../lab/private-etcd.ts'
import type { TlsMaterial } from '../../../src/drivers/etcd/exchange.ts'
import { etcdServerFlags } from '../../../src/drivers/etcd/server-flags.ts'
import { EtcdStore } from '../../../src/drivers/etcd/store.ts'
import { Fault } from '../../../src/model/fault.ts'
import { askEtcd, base64 } from './etcd-by-hand.ts'

const skip = whyNoPrivateEtcd() ?? false
const put = (key: string) => ({ when: [], put: [{ key, value: '{}' }], remove: [] })

async function refusalOf(call: Promise<unknown>): Promise<string> {
  const caught: unknown = await call.then(
    () => null,
    (error: unknown) => error,
  )
  assert.ok(caught instanceof Fault, String(caught))
  return `${caught.code} ${caught.outcome}`
}

async function withUsers(etcd: PrivateEtcd): Promise<void> {
  const [endpoint = ''] = etcd.endpoints
  const range = { permType: 'READWRITE', key: base64('/vigia'), range_end: base64('/vigib') }
  for (const [path, body] of [
    ['user/add', { name: 'root', password: 'r' }],
    ['role/add', { name: 'root' }],
    ['user/grant', { user: 'root', role: 'root' }],
    ['user/add', { name: 'vigia', password: 'secret' }],
    ['user/add', { name: 'guest', password: 'g' }],
    ['role/add', { name: 'vigia' }],
    ['role/grant', { name: 'vigia', perm: range }],
    ['user/grant', { user: 'vigia', role: 'vigia' }],
    ['enable', {}],
  ] as const) {
    const answer = await askEtcd(endpoint, `/v3/auth/${path}`, body)
    assert.equal(answer.error, undefined, `${path}: ${JSON.stringify(answer)}`)
  }
}

test('tokens are renewed when they expire and when members forget them', { skip }, async () => {
  const etcd = await startPrivateEtcd({
    members: 3,
    flags: [...etcdServerFlags, '--auth-token-ttl=1', '--bcrypt-cost=4'],
  })
  const credentials = () => ({ name: 'vigia', password: 'secret' })
  const options = { endpoints: etcd.endpoints, cluster: 'auth', client: 'one' }
  const store = new EtcdStore({ ...options, credentials, writeMs: 30_000, readMs: 30_000 })
  try {
    await withUsers(etcd)
    const told: string[] = []
    store.watch('', 0, {
      changes: (changes) => void told.push(...changes.map(({ key }) => key)),
      gap: () => assert.fail(),
    })
    for (const key of ['a', 'b', 'c']) {
      assert.ok((await store.transact(put(key))).done)
      // Longer than a token lives.
      await delay(2_500)
    }
    for (const member of etcd.members) {
      await member.kill()
      await member.start()
    }
    assert.ok((await store.transact(put('d'))).done)
    assert.equal((await store.read('')).entries.length, 4)
    for (let waited = 0; waited < 600 && told.length < 4; waited++) await delay(100)
    assert.deepEqual(told, ['a', 'b', 'c', 'd'])
  } finally {
    await store.close()
    await etcd.stop()
  }
})

test('no user, a wrong password and a user without rights are refused, and nothing is written', { skip }, async () => {
  const etcd = await startPrivateEtcd({ flags: [...etcdServerFlags, '--bcrypt-cost=4'] })
  const options = { endpoints: etcd.endpoints, cluster: 'auth', client: 'one' }
  const open = (name: string, password: string) =>
    new EtcdStore({ ...options, credentials: () => ({ name, password }) })
  const refused = [new EtcdStore(options), open('vigia', 'wrong'), open('nobody', 'x'), open('guest', 'g')]
  const allowed = open('vigia', 'secret')
  try {
    await withUsers(etcd)
    for (const store of refused) {
      assert.equal(await refusalOf(store.transact(put('a'))), 'not-allowed not-done')
      assert.equal(await refusalOf(store.read('')), 'not-allowed not-done')
    }
    assert.deepEqual((await allowed.read('')).entries, [])
  } finally {
    await Promise.all([...refused, allowed].map((store) => store.close()))
    await etcd.stop()
  }
})

/** A certificate authority of the test's own, and what it signed. */
class Authority {
  readonly #folder = mkdtempSync(join(tmpdir(), 'vigia-ca-'))
  readonly ca = this.#path('ca.pem')

  constructor() {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', this.#path('ca.key')]
    this.#openssl('req', '-x509', ...key, '-days', '2', '-subj', '/CN=test CA', '-out', this.ca)
  }

  /** Paths of a certificate and its key. etcd's gateway shows the server's certificate to itself as a client: both usages. */
  sign(name: string): { cert: string; key: string } {
    const [cert, key, request, extensions] = ['pem', 'key', 'csr', 'ext'].map((end) => this.#path(`${name}.${end}`))
    assert.ok(cert && key && request && extensions)
    writeFileSync(extensions, 'subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n')
    const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key]
    this.#openssl('req', '-new', ...fresh, '-subj', `/CN=${name}`, '-out', request)
    const signer = ['-CA', this.ca, '-CAkey', this.#path('ca.key'), '-CAcreateserial']
    this.#openssl('x509', '-req', '-in', request, ...signer, '-days', '2', '-extfile', extensions, '-out', cert)
    return { cert, key }
  }

  material(name: string): TlsMaterial {
    const { cert, key } = this.sign(name)
    return { ca: read(this.ca), cert: read(cert), key: read(key) }
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #path(name: string): string {
    return join(this.#folder, name)
  }

  #openssl(...args: string[]): void {
    execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] })
  }
}

const read = (path: string): string => readFileSync(path, 'utf8')

test('TLS: both sides show certificates, and a renewed one is taken up while running', { skip }, async () => {
  const authority = new Authority()
  const stranger = new Authority()
  const etcd = await startPrivateEtcd({
    flags: etcdServerFlags,
    tls: { ca: authority.ca, ...authority.sign('server') },
  })
  const options = { endpoints: etcd.endpoints, cluster: 'tls', client: 'one', readMs: 1_500, writeMs: 1_500 }
  let material = authority.material('first')
  const store = new EtcdStore({ ...options, readMs: 30_000, writeMs: 30_000, tls: () => material })
  const without = new EtcdStore({ ...options, tls: () => ({ ca: material.ca }) })
  const foreign = new EtcdStore({ ...options, tls: () => ({ ...stranger.material('x'), ca: material.ca }) })
  const misled = new EtcdStore({ ...options, tls: () => ({ ...material, ca: read(stranger.ca) }) })
  try {
    const told: string[] = []
    store.watch('', 0, {
      changes: (changes) => void told.push(...changes.map(({ key }) => key)),
      gap: () => assert.fail(),
    })
    for (const key of ['a', 'b', 'c']) {
      assert.ok((await store.transact(put(key))).done)
      material = authority.material(key)
    }
    for (let waited = 0; waited < 600 && told.length < 3; waited++) await delay(100)
    assert.deepEqual(told, ['a', 'b', 'c'])
    for (const refused of [without, foreign, misled])
      assert.match(await refusalOf(refused.read('')), /^store-lost not-done/)
    // Nothing is sent to a server that cannot prove who it is.
    assert.equal(await refusalOf(misled.transact(put('d'))), 'store-lost not-done')
  } finally {
    await Promise.all([store, without, foreign, misled].map((each) => each.close()))
    await etcd.stop()
    for (const each of [authority, stranger]) each.remove()
  }
})
