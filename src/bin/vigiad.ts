#!/usr/bin/env node
import { createWriteStream } from 'node:fs'
import { hostname } from 'node:os'
import { parseArgs } from 'node:util'
import type { FastifyInstance } from 'fastify'
import { listenOn } from '../api/listen.ts'
import { type ListenPlace, parseListenPlace, splitPlaces } from '../api/listen-place.ts'
import { type ApiOptions, createApi } from '../api/server.ts'
import { exitCodeOf } from '../contract/exit-codes.ts'
import { lineLog } from '../drivers/local/log.ts'
import { noAccessSettings } from '../model/access-settings.ts'
import { Fault, faultData } from '../model/fault.ts'
import { hostId, wallTime } from '../model/ids.ts'
import { accessPowers, accessSettings } from './access-powers.ts'
import { apiPowers } from './api-powers.ts'
import { consoleFolder } from './console-folder.ts'
import { type Daemon, type DaemonOptions, startDaemon } from './daemon.ts'
import { drillGate } from './drill-gate.ts'
import { packageVersion } from './package-version.ts'
import { tellSystemdReady } from './systemd-notify.ts'

const usage = `vigiad: watches over the guests of this host.

Usage: vigiad [OPTIONS]

  --state-dir DIR        where wishes, records and history are kept (default /var/lib/vigia)
  --socket PATH          where it answers vigia (default /run/vigia/vigia.sock)
  --listen PLACE         serves the API over the network too, by TLS: 192.0.2.1:8443, [::]:8443 (every address), or the path of
                         a socket that something relays to; may be given several times
  --tls-certificate FILE the certificate that listeners show, with its chain (PEM); read anew when it changes
                         (default: the cluster's authority signs one, a host that is alone makes its own)
  --tls-key FILE         its private key (PEM)
  --url URL              what people type into their browsers, where that is not an address of this host
  --access-file FILE     who else may come in: a directory, an OpenID provider (default /etc/vigia/access.yaml)
  --libvirt-socket PATH  libvirt's socket (default /run/libvirt/libvirt-sock)
  --libvirt-uri URI      what to open there: qemu:///system, xen:///system, lxc:///system (default qemu:///system)
  --host NAME            this host's name in the cluster file (default: the machine's name)
  --watchdog-device PATH instead of the one that the cluster file names (of a member of a cluster)
  --log-level LEVEL      error, warn or info (default info)
  --deeds-file PATH      for measuring: a line for each request to libvirt, CLOCK_MONOTONIC nanoseconds, deed, domain
  --version              print the version
  --help                 print this

Each option may be given in the environment as well: VIGIA_STATE_DIR, VIGIA_SOCKET, VIGIA_LIBVIRT_SOCKET,
VIGIA_LIBVIRT_URI, VIGIA_HOST, VIGIA_LOG_LEVEL, VIGIA_LISTEN (several with spaces between), VIGIA_TLS_CERTIFICATE,
VIGIA_TLS_KEY, VIGIA_URL, VIGIA_ACCESS_FILE; VIGIA_ETCD: the program of an etcd
that Vigia looks after, where systemd does not start it. The guests go on when it ends; started again, it takes them as they are.
`

const options = {
  'state-dir': { type: 'string', default: process.env.VIGIA_STATE_DIR ?? '/var/lib/vigia' },
  socket: { type: 'string', default: process.env.VIGIA_SOCKET ?? '/run/vigia/vigia.sock' },
  listen: { type: 'string', multiple: true, default: splitPlaces(process.env.VIGIA_LISTEN ?? '') },
  'tls-certificate': { type: 'string', default: process.env.VIGIA_TLS_CERTIFICATE ?? '' },
  'tls-key': { type: 'string', default: process.env.VIGIA_TLS_KEY ?? '' },
  url: { type: 'string', default: process.env.VIGIA_URL ?? '' },
  'access-file': { type: 'string', default: process.env.VIGIA_ACCESS_FILE ?? '/etc/vigia/access.yaml' },
  'libvirt-socket': { type: 'string', default: process.env.VIGIA_LIBVIRT_SOCKET ?? '/run/libvirt/libvirt-sock' },
  'libvirt-uri': { type: 'string', default: process.env.VIGIA_LIBVIRT_URI ?? 'qemu:///system' },
  host: { type: 'string', default: process.env.VIGIA_HOST ?? hostname() },
  'log-level': { type: 'string', default: process.env.VIGIA_LOG_LEVEL ?? 'info' },
  'watchdog-device': { type: 'string' },
  'deeds-file': { type: 'string' },
  version: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

function readOptions() {
  try {
    return parseArgs({ options, allowPositionals: false }).values
  } catch (error) {
    process.stderr.write(`vigiad: ${(error as Error).message}\n\n${usage}`)
    process.exit(64)
  }
}

const values = readOptions()
if (values.help) {
  process.stdout.write(usage)
  process.exit(0)
}
if (values.version) {
  process.stdout.write(`vigiad ${packageVersion()}\n`)
  process.exit(0)
}
const level = values['log-level']
if (level !== 'error' && level !== 'warn' && level !== 'info') {
  refuse(`--log-level: expected error, warn or info, got ${JSON.stringify(level)}`)
}
const places = values.listen.map(readPlace)
const publicUrl = readUrl(values.url)
if ((values['tls-certificate'] === '') !== (values['tls-key'] === ''))
  refuse('--tls-certificate and --tls-key: expected both, or neither')
const log = lineLog((line) => process.stderr.write(line), level)

try {
  await serve()
} catch (error) {
  await end(error)
}

function refuse(text: string): never {
  process.stderr.write(`vigiad: ${text}\n`)
  process.exit(64)
}

function readPlace(text: string): ListenPlace {
  const expected = 'ADDRESS:PORT ([::]:8443 for every address) or the path of a socket'
  return parseListenPlace(text) ?? refuse(`--listen: expected ${expected}, got ${JSON.stringify(text)}`)
}

/** Null: not given. Only where it is: everything else of it is the console's. */
function readUrl(text: string): URL | null {
  if (text === '') return null
  const url = URL.canParse(text) ? new URL(text) : null
  if (url?.protocol === 'https:' && url.pathname === '/') return url
  return refuse(`--url: expected https://NAME or https://NAME:PORT, got ${JSON.stringify(text)}`)
}

async function serve(): Promise<void> {
  const daemon = await startDaemon({
    host: hostId(values.host),
    stateDirectory: values['state-dir'],
    libvirtSocket: values['libvirt-socket'],
    libvirtUri: values['libvirt-uri'],
    log,
    ...(values['watchdog-device'] === undefined ? {} : { watchdogDevice: values['watchdog-device'] }),
    ...(process.env.VIGIA_ETCD ? { etcdProgram: process.env.VIGIA_ETCD } : {}),
    ...deedsFile(values['deeds-file']),
  })
  const { host } = daemon
  // Asked by those who come over the network alone.
  const settings = places.length === 0 ? noAccessSettings : await accessSettings(values['access-file'], log)
  const web = places.length === 0 ? {} : await consoleFiles()
  const given = accessPowers(daemon, { places, url: publicUrl }, settings, log)
  const drills = drillGate(daemon, values.socket, log)
  const api = await createApi({ ...apiPowers(daemon, log, given), drills: drills.powers }, web)
  await listenOn(api, values.socket)
  const listeners = places.length === 0 ? null : await listenToNetwork(api, daemon)
  log.info('vigiad answers', { socket: values.socket, host, version: packageVersion() })
  tellSystemdReady(log)
  void remember('daemon-started')

  let stopping = false
  const stop = (reason: string): void => {
    if (stopping) return
    stopping = true
    const leaves = reason === 'dismissed' || daemon.goingDown()
    log.info('vigiad ends; guests go on', { reason, leaves })
    void remember('daemon-stopped')
      .then(() => drills.close())
      .then(() => listeners?.close())
      .then(() => api.close())
      .then(() => (leaves ? daemon.leave() : daemon.stop()))
      .then(() => process.exit(0), end)
  }
  process.on('SIGTERM', () => stop('SIGTERM'))
  process.on('SIGINT', () => stop('SIGINT'))
  void daemon.dismissed.then(() => stop('dismissed'))

  function remember(word: 'daemon-started' | 'daemon-stopped'): Promise<void> {
    const event = { host, actor: 'daemon', word, guest: null, service: null, because: null, fault: null } as const
    return daemon.history
      .append([{ ...event, at: wallTime(Date.now()), note: packageVersion() }])
      .catch((error: unknown) => log.warn('history could not be written', { fault: faultData(error).code }))
  }
}

/** Loaded where it is asked for only. */
async function listenToNetwork(api: FastifyInstance, daemon: Daemon): Promise<{ close(): Promise<void> }> {
  const { Listeners } = await import('./listeners.ts')
  const [certificate, key] = [values['tls-certificate'], values['tls-key']]
  const given = certificate === '' ? null : { certificate, key }
  const names = publicUrl === null ? [] : [publicUrl.hostname.replace(/^\[|\]$/g, '')]
  return new Listeners(api, daemon, { places, certificate: given, names }, log)
}

/** The console is served to the network only: whoever is on the host has the command line. */
async function consoleFiles(): Promise<Pick<ApiOptions, 'web'>> {
  const { builtConsole } = await import('../api/web-files.ts')
  const web = builtConsole(consoleFolder(import.meta.dirname))
  if (web !== null) return { web }
  log.warn('the console is not built, only the API is served', { remedy: 'npm run build:web' })
  return {}
}

function deedsFile(path: string | undefined): Pick<DaemonOptions, 'onIssued'> {
  if (path === undefined) return {}
  const file = createWriteStream(path, { flags: 'a' })
  return { onIssued: (action, domain, atNs) => file.write(`${atNs} ${action} ${domain}\n`) }
}

/** Says what is wrong and what to do, and ends with the code that supervisors know. */
async function end(error: unknown): Promise<never> {
  // Both languages are read for this one sentence: most daemons never say it.
  const [{ chooseLocale }, { createText }] = await Promise.all([import('../text/locale.ts'), import('../text/text.ts')])
  const text = createText(chooseLocale(process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG || ''))
  const { sentence, hint } = text.fault(faultData(error))
  process.stderr.write(`<3>vigiad: ${sentence}\n${hint ? `<3>${hint}\n` : ''}`)
  if (!(error instanceof Fault)) process.stderr.write(`${(error as Error)?.stack ?? ''}\n`)
  process.exit(exitCodeOf(faultData(error).code))
}
