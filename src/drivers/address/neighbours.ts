import { readFile } from 'node:fs/promises'

/** One line of the host's own ARP table. */
export interface Neighbour {
  readonly address: string
  /** Lower case, `52:54:00:12:34:56`. */
  readonly mac: string
  /** False: asked for, and nobody answers to the address (now). */
  readonly complete: boolean
  readonly device: string
}

/** Lines read at most; a table larger than this is an attack or a router. */
const linesMax = 16_384

/** Flag of a resolved entry, from linux/if_arp.h. */
const completeFlag = 0x02

/** Text of /proc/net/arp (see proc(5)): a head line, then address, type, flags, MAC, mask, device. Lines that are not so are left out. */
export function parseNeighbours(text: string): readonly Neighbour[] {
  return text
    .split('\n', linesMax)
    .slice(1)
    .flatMap((line) => {
      const [address, , flags, mac, , device] = line.trim().split(/\s+/)
      if (!address || !flags || !mac || !device || !/^0x[0-9a-f]+$/i.test(flags)) return []
      return [{ address, mac: mac.toLowerCase(), complete: (Number(flags) & completeFlag) !== 0, device }]
    })
}

/** The table of the network namespace this process lives in. Empty where there is none. IPv4 only, as the kernel shows it. */
export async function readNeighbours(path = '/proc/net/arp'): Promise<readonly Neighbour[]> {
  try {
    return parseNeighbours(await readFile(path, 'latin1'))
  } catch {
    // No such table (not Linux, or /proc hidden): nothing is known of neighbours, which callers must bear anyway.
    return []
  }
}
