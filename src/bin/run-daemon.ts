import { mkdtempSync, rmSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { listenOn } from '../api/listen.ts'
import { createApi } from '../api/server.ts'
import { noAccessSettings } from '../model/access-settings.ts'
import { hostId } from '../model/ids.ts'
import { silentLog } from '../ports/log.ts'
import { accessPowers, noPlaces } from './access-powers.ts'
import { apiPowers } from './api-powers.ts'
import { startDaemon } from './daemon.ts'

/**
 * A daemon of this very process, for trying a file: on a socket and state of its own that are gone when it stops,
 * so that a daemon in service is not disturbed. The guests go on.
 */
export async function runDaemon(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<{ readonly socket: string; stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'vigia-run-'))
  const host = hostId(environment.VIGIA_HOST || hostname())
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  try {
    const daemon = await startDaemon({
      host,
      stateDirectory: join(folder, 'state'),
      libvirtSocket: environment.VIGIA_LIBVIRT_SOCKET || '/run/libvirt/libvirt-sock',
      libvirtUri: environment.VIGIA_LIBVIRT_URI || 'qemu:///system',
      log: silentLog,
    })
    const api = await createApi(
      apiPowers(daemon, silentLog, accessPowers(daemon, noPlaces, noAccessSettings, silentLog)),
    )
    const socket = join(folder, 'vigia.sock')
    await listenOn(api, socket)
    const stop = async (): Promise<void> => {
      await api.close()
      await daemon.stop()
      remove()
    }
    return { socket, stop }
  } catch (error) {
    remove()
    throw error
  }
}
