#!/usr/bin/env node
import { createWriteStream } from 'node:fs'
import { hostname } from 'node:os'
import { parseArgs } from 'node:util'
import { listenOn } from '../api/listen.ts'
import { createApi } from '../api/server.ts'
import { exitCodeOf } from '../contract/exit-codes.ts'
import { lineLog } from '../drivers/local/log.ts'
import { Fault, faultData } from '../model/fault.ts'
import { hostId, wallTime } from '../model/ids.ts'
import { chooseLocale } from '../text/locale.ts'
import { createText } from '../text/text.ts'
import { apiPowers } from './api-powers.ts'
import { type DaemonOptions, startDaemon } from './daemon.ts'
import { packageVersion } from './package-version.ts'
import { tellSystemdReady } from './systemd-notify.ts'

const usage = `vigiad: watches over the guests of this host.

Usage: vigiad [OPTIONS]

  --state-dir DIR        where wishes, records and history are kept (default /var/lib/vigia)
  --socket PATH          where it answers vigia (default /run/vigia/vigia.sock)
  --libvirt-socket PATH  libvirt's socket (default /run/libvirt/libvirt-sock)
  --libvirt-uri URI      what to open there: qemu:///system, xen:///system, lxc:///system (default qemu:///system)
  --host NAME            this host's name in the cluster file (default: the machine's name)
  --watchdog-device PATH instead of the one that the cluster file names (of a member of a cluster)
  --log-level LEVEL      error, warn or info (default info)
  --deeds-file PATH      for measuring: a line for each request to libvirt, CLOCK_MONOTONIC nanoseconds, deed, domain
  --version              print the version
  --help                 print this

Each option may be given in the environment as well: VIGIA_STATE_DIR, VIGIA_SOCKET, VIGIA_LIBVIRT_SOCKET,
VIGIA_LIBVIRT_URI, VIGIA_HOST, VIGIA_LOG_LEVEL; VIGIA_ETCD: the program of an etcd
that Vigia looks after, where systemd does not start it. The guests go on when it ends; started again, it takes them as they are.
`

const options = {
  'state-dir': { type: 'string', default: process.env.VIGIA_STATE_DIR ?? '/var/lib/vigia' },
  socket: { type: 'string', default: process.env.VIGIA_SOCKET ?? '/run/vigia/vigia.sock' },
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
  process.stderr.write(`vigiad: --log-level: expected error, warn or info, got ${JSON.stringify(level)}\n`)
  process.exit(64)
}
const log = lineLog((line) => process.stderr.write(line), level)

try {
  await serve()
} catch (error) {
  end(error)
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
  const api = await createApi(apiPowers(daemon, log))
  await listenOn(api, values.socket)
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

function deedsFile(path: string | undefined): Pick<DaemonOptions, 'onIssued'> {
  if (path === undefined) return {}
  const file = createWriteStream(path, { flags: 'a' })
  return { onIssued: (action, domain, atNs) => file.write(`${atNs} ${action} ${domain}\n`) }
}

/** Says what is wrong and what to do, and ends with the code that supervisors know. */
function end(error: unknown): never {
  const text = createText(chooseLocale(process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG || ''))
  const { sentence, hint } = text.fault(faultData(error))
  process.stderr.write(`<3>vigiad: ${sentence}\n${hint ? `<3>${hint}\n` : ''}`)
  if (!(error instanceof Fault)) process.stderr.write(`${(error as Error)?.stack ?? ''}\n`)
  process.exit(exitCodeOf(faultData(error).code))
}
