import { execFile } from 'node:child_process'

/** A person waits for it, and for the other hosts as well. */
const limitMs = 3_000

const outputMaxBytes = 4 * 1024 * 1024

export type RemoteAnswer =
  /** Its capabilities, as XML. */
  | { readonly kind: 'answered'; readonly capabilities: string }
  /** What libvirt says why not: a certificate that is not believed, for one. */
  | { readonly kind: 'refused'; readonly text: string }
  /** There is no virsh here to ask with. */
  | { readonly kind: 'no-virsh' }

/**
 * Asks libvirt of another host as libvirt of this one would: with the certificates of this host. By virsh, because the
 * way to another host is libvirt's own matter (TLS, SSH, its configuration). Never throws.
 */
export function askRemoteLibvirt(uri: string, program = 'virsh'): Promise<RemoteAnswer> {
  const options = {
    timeout: limitMs,
    killSignal: 'SIGKILL',
    maxBuffer: outputMaxBytes,
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
  } as const
  return new Promise((resolve) => {
    const child = execFile(program, ['-q', '-c', uri, 'capabilities'], options, (error, stdout, stderr) => {
      if (error === null) return resolve({ kind: 'answered', capabilities: stdout })
      if (error.code === 'ENOENT') return resolve({ kind: 'no-virsh' })
      // Its last line names the reason; those before it, what could not be done for it.
      const said = stderr
        .trim()
        .split('\n')
        .at(-1)
        ?.replace(/^error: /, '')
      resolve({ kind: 'refused', text: said || `no answer within ${limitMs} ms` })
    })
    // SSH would ask for a password: there is nobody to give one.
    child.stdin?.end()
  })
}
