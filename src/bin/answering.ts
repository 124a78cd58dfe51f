import type { FastifyInstance } from 'fastify'
import { listenOn } from '../api/listen.ts'
import type { ListenPlace } from '../api/listen-place.ts'
import { type ApiOptions, createApi } from '../api/server.ts'
import { noAccessSettings } from '../model/access-settings.ts'
import type { Log } from '../ports/log.ts'
import { accessPowers, accessSettings } from './access-powers.ts'
import { apiPowers } from './api-powers.ts'
import { consoleFolder } from './console-folder.ts'
import type { Daemon } from './daemon.ts'
import { drillGate } from './drill-gate.ts'

export interface AnsweringOptions {
  /** The path that the command line asks at. */
  readonly socket: string
  /** Where else, by TLS. */
  readonly places: readonly ListenPlace[]
  /** Paths of PEM files. Null: its own authority signs one. */
  readonly certificate: { readonly certificate: string; readonly key: string } | null
  /** What people type into their browsers. Null: an address of this host. */
  readonly url: URL | null
  readonly accessFile: string
  readonly log: Log
}

/**
 * Opens all doors of a daemon: the command line's socket and, where asked for, the network with the console. What it is made of takes longer to load
 * than the daemon itself: imported when that renews. Faults: of sockets, certificates and the access file.
 */
export async function answer(daemon: Daemon, options: AnsweringOptions): Promise<{ close(): Promise<void> }> {
  const { places, log, socket, url } = options
  // Asked by those who come over the network alone.
  const settings = places.length === 0 ? noAccessSettings : await accessSettings(options.accessFile, log)
  const web = places.length === 0 ? {} : await consoleFiles(log)
  const given = accessPowers(daemon, { places, url }, settings, log)
  const drills = drillGate(daemon, socket, log)
  const api = await createApi({ ...apiPowers(daemon, log, given), drills: drills.powers }, web)
  await listenOn(api, socket)
  const listeners = places.length === 0 ? null : await listenToNetwork(api, daemon, options)
  return {
    close: async () => {
      await drills.close()
      await listeners?.close()
      await api.close()
    },
  }
}

/** Loaded where it is asked for only. */
async function listenToNetwork(
  api: FastifyInstance,
  daemon: Daemon,
  { places, certificate, url, log }: AnsweringOptions,
): Promise<{ close(): Promise<void> }> {
  const { Listeners } = await import('./listeners.ts')
  const names = url === null ? [] : [url.hostname.replace(/^\[|\]$/g, '')]
  return new Listeners(api, daemon, { places, certificate, names }, log)
}

/** The console is served to the network only: whoever is on the host has the command line. */
async function consoleFiles(log: Log): Promise<Pick<ApiOptions, 'web'>> {
  const { builtConsole } = await import('../api/web-files.ts')
  const web = builtConsole(consoleFolder(import.meta.dirname))
  if (web !== null) return { web }
  log.warn('the console is not built, only the API is served', { remedy: 'npm run build:web' })
  return {}
}
