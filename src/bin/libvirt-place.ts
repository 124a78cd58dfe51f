import { existsSync } from 'node:fs'
import { defaultLibvirtSocketPath, defaultLibvirtUri } from '../contract/protocol.ts'
import { usualSocketPaths } from '../drivers/libvirt/driver.ts'

export interface LibvirtPlace {
  readonly socketPath: string
  readonly uri: string
}

/** Where libvirt is: as said on the command line, else in the environment, else where it usually is. */
export function libvirtPlace(socketPath: string | null, uri: string | null, env: NodeJS.ProcessEnv): LibvirtPlace {
  const said = socketPath ?? env.VIGIA_LIBVIRT_SOCKET
  const found = usualSocketPaths.find((path) => existsSync(path))
  return {
    socketPath: said || found || defaultLibvirtSocketPath,
    uri: uri || env.VIGIA_LIBVIRT_URI || defaultLibvirtUri,
  }
}
