import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { cacheFolder } from './cache.ts'
import { freePorts } from './private-etcd.ts'

/** A directory of a test's own: OpenLDAP's slapd on a port of 127.0.0.1, in a folder of its own. It dies with `stop`. */
export interface PrivateLdap {
  /** `ldap://` and `ldaps://127.0.0.1:PORT`. */
  readonly plainUrl: string
  readonly secureUrl: string
  stop(): Promise<void>
}

export interface PrivateLdapOptions {
  /** The tree that is its own, and what is in it (LDIF). */
  readonly suffix: string
  readonly entries: string
  /** Of a certificate for 127.0.0.1: PEM texts. */
  readonly tls: { readonly certificate: string; readonly key: string }
}

const startLimitMs = 60_000

const folder = join(cacheFolder(), 'slapd')

/** Why none can run here; undefined when it can. */
export function whyNoPrivateLdap(): string | undefined {
  return existsSync(join(folder, 'whole')) ? undefined : 'slapd is not unpacked: scripts/setup lab'
}

export async function startPrivateLdap(options: PrivateLdapOptions): Promise<PrivateLdap> {
  const place = mkdtempSync(join(tmpdir(), 'vigia-slapd-'))
  const [plain = 0, secure = 0] = await freePorts(2)
  const configuration = join(place, 'slapd.conf')
  mkdirSync(join(place, 'data'))
  writeFileSync(join(place, 'tls.crt'), options.tls.certificate)
  writeFileSync(join(place, 'tls.key'), options.tls.key, { mode: 0o600 })
  writeFileSync(join(place, 'entries.ldif'), options.entries)
  writeFileSync(configuration, configurationText(place, options.suffix))
  const program = join(folder, 'usr', 'sbin', 'slapd')
  const env = { PATH: '/usr/sbin:/usr/bin', LD_LIBRARY_PATH: libraries() }
  const filled = spawnSync(program, ['-T', 'add', '-f', configuration, '-l', join(place, 'entries.ldif')], { env })
  if (filled.status !== 0) throw new Error(`slapadd: ${filled.stderr}`)
  const urls = { plainUrl: `ldap://127.0.0.1:${plain}`, secureUrl: `ldaps://127.0.0.1:${secure}` }
  // -d: it stays in the foreground, and so is ours to end.
  const listens = ['-d', '0', '-f', configuration, '-h', `${urls.plainUrl}/ ${urls.secureUrl}/`]
  const server = spawn(program, listens, { env, stdio: 'ignore' })
  const stop = async (): Promise<void> => {
    await ended(server)
    rmSync(place, { recursive: true, force: true })
  }
  try {
    await answering(server, [plain, secure])
  } catch (error) {
    await stop()
    throw error
  }
  return { ...urls, stop }
}

function configurationText(place: string, suffix: string): string {
  const schemas = ['core', 'cosine', 'inetorgperson'].map(
    (name) => `include ${join(folder, 'etc', 'ldap', 'schema', `${name}.schema`)}`,
  )
  return [
    ...schemas,
    `pidfile ${join(place, 'slapd.pid')}`,
    `modulepath ${join(folder, 'usr', 'lib', 'ldap')}`,
    'moduleload back_mdb',
    `TLSCertificateFile ${join(place, 'tls.crt')}`,
    `TLSCertificateKeyFile ${join(place, 'tls.key')}`,
    'disallow bind_anon',
    'access to attrs=userPassword by anonymous auth by * none',
    'access to * by users read by * none',
    'database mdb',
    `suffix "${suffix}"`,
    `directory ${join(place, 'data')}`,
    'maxsize 16777216',
    '',
  ].join('\n')
}

function libraries(): string {
  const machine = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu'
  return [join('usr', 'lib', machine), join('lib', machine)].map((path) => join(folder, path)).join(':')
}

async function answering(server: ChildProcess, ports: readonly number[]): Promise<void> {
  const until = performance.now() + startLimitMs
  for (const port of ports) {
    while (!(await answers(port))) {
      if (server.exitCode !== null) throw new Error(`slapd ended with ${server.exitCode}`)
      if (performance.now() > until) throw new Error('slapd does not answer')
      await delay(50)
    }
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const gone = new Promise((resolve) => server.once('exit', resolve))
  server.kill('SIGTERM')
  const forced = setTimeout(() => server.kill('SIGKILL'), 5_000)
  await gone
  clearTimeout(forced)
}
