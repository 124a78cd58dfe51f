import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import type { Flow } from '../../model/host-facts.ts'
import type { Protocol } from '../../model/service.ts'

/** A table larger than this is read no further: needs show up early and often. */
const linesMax = 200_000
const outputMaxBytes = 64 * 1024 * 1024
const commandLimitMs = 10_000

/**
 * Connections that the kernel of this host tracks: those it routes, and those over bridges where bridge filtering is
 * on. Null: there is no such table here, or it may not be read.
 */
export async function readConntrack(): Promise<readonly Flow[] | null> {
  const text = (await fileText('/proc/net/nf_conntrack')) ?? (await commandText('conntrack', ['-L', '-o', 'extended']))
  return text === null ? null : parseConntrack(text)
}

/**
 * Lines of /proc/net/nf_conntrack, or of `conntrack -L`: the tuple of the request, then that of the reply. Who sent the
 * request is the client; who sends the reply is the server, also where its address was translated. What was never
 * answered shows no need.
 */
export function parseConntrack(text: string): readonly Flow[] {
  const flows = new FlowCount()
  for (const line of text.split('\n', linesMax)) {
    const protocol = /\b(tcp|udp)\b/.exec(line)?.[1] as Protocol | undefined
    if (protocol === undefined || line.includes('[UNREPLIED]')) continue
    if (protocol === 'tcp' && !/\bESTABLISHED\b/.test(line)) continue
    const sources = [...line.matchAll(/\bsrc=(\S+)/g)].map((match) => match[1] ?? '')
    const ports = [...line.matchAll(/\bsport=(\d+)/g)].map((match) => Number(match[1]))
    const [client = '', server = ''] = sources
    const port = ports[1]
    if (isIP(client) && isIP(server) && port) flows.add(client, server, port, protocol)
  }
  return flows.all
}

/** Counts connections of one kind together. */
export class FlowCount {
  readonly #counts = new Map<string, Flow>()

  add(client: string, server: string, port: number, protocol: Protocol, count = 1): void {
    const key = `${client} ${server} ${port} ${protocol}`
    const before = this.#counts.get(key)?.count ?? 0
    this.#counts.set(key, { client, server, port, protocol, count: before + count })
  }

  get all(): readonly Flow[] {
    return [...this.#counts.values()]
  }
}

async function fileText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'latin1')
  } catch {
    // Not tracked here, not shown by this kernel, or not for us to read.
    return null
  }
}

function commandText(program: string, args: readonly string[]): Promise<string | null> {
  const options = {
    timeout: commandLimitMs,
    killSignal: 'SIGKILL',
    maxBuffer: outputMaxBytes,
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C' },
  } as const
  return new Promise((resolve) => {
    execFile(program, [...args], options, (error, stdout) => resolve(error ? null : stdout))
  })
}
