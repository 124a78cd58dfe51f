import { execFile } from 'node:child_process'
import { isIP } from 'node:net'

/** The system's resolver waits 5 s a server and repeats; nothing here has so much time. */
export const lookupTimeoutMs = 2_000

/** Lookups under way at once, at most: each is a process. */
export const lookupsMax = 4

/** Names kept at most; beyond it the oldest is forgotten. */
const namesMax = 4_096

/** How long an answer is believed. A name that is not known yet may be at any moment. */
const believedMs = { found: 30_000, absent: 1_000 } as const

const outputMaxBytes = 64 * 1024

interface Answer {
  readonly addresses: readonly string[]
  readonly until: number
}

/**
 * Names to addresses, IPv4 first, as this host resolves them (hosts file, libvirt's own name service, DNS).
 * By `getent`, a process that can be killed: a resolver that hangs inside this process would hold one of its few
 * threads until it gives up, and with it everybody else's lookups. Never throws; unknown is empty.
 */
export class Names {
  private readonly nowMs: () => number
  private readonly program: string
  private readonly known = new Map<string, Answer>()
  private readonly underWay = new Map<string, Promise<readonly string[]>>()

  constructor(nowMs: () => number, program = 'getent') {
    this.nowMs = nowMs
    this.program = program
  }

  async resolve(name: string): Promise<readonly string[]> {
    if (isIP(name)) return [name]
    const known = this.known.get(name)
    if (known && known.until > this.nowMs()) return known.addresses
    const asked = this.underWay.get(name)
    if (asked) return asked
    // Full: the name is not learnt now, and asked for again by whoever needs it.
    if (this.underWay.size >= lookupsMax || !isHostName(name)) return known?.addresses ?? []
    const asking = this.ask(name)
    this.underWay.set(name, asking)
    return asking
  }

  private async ask(name: string): Promise<readonly string[]> {
    const addresses = await lookUp(this.program, name)
    this.underWay.delete(name)
    const forMs = addresses.length > 0 ? believedMs.found : believedMs.absent
    this.known.delete(name)
    this.known.set(name, { addresses, until: this.nowMs() + forMs })
    const oldest = this.known.keys().next()
    if (this.known.size > namesMax && !oldest.done) this.known.delete(oldest.value)
    return addresses
  }
}

/** What may be given to another program as a name; a leading dash would be an option. */
function isHostName(name: string): boolean {
  return name.length <= 253 && /^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(name)
}

function lookUp(program: string, name: string): Promise<readonly string[]> {
  const options = {
    timeout: lookupTimeoutMs,
    killSignal: 'SIGKILL',
    maxBuffer: outputMaxBytes,
    env: { PATH: '/usr/bin:/bin', LANG: 'C' },
  } as const
  return new Promise((resolve) => {
    execFile(program, ['ahosts', name], options, (error, stdout) => resolve(error ? [] : parseAhosts(stdout)))
  })
}

/** Lines of `getent ahosts`: the address, then the kind of socket. IPv4 first, in the given order otherwise. */
export function parseAhosts(text: string): readonly string[] {
  const addresses = text.split('\n').flatMap((line) => {
    const [address] = line.split(/\s+/)
    return address && isIP(address) ? [address] : []
  })
  const unique = [...new Set(addresses)]
  return [...unique.filter((address) => isIP(address) === 4), ...unique.filter((address) => isIP(address) === 6)]
}

const ofThisProcess = new Names(() => performance.now())

/** The host's name resolution, shared by all who ask in this process, so that one name is looked up once. */
export function resolveName(name: string): Promise<readonly string[]> {
  return ofThisProcess.resolve(name)
}
