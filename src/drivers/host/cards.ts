import { readdir } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import type { CardPath } from '../../model/host-report.ts'

/** Bonds of VLANs of bonds: nobody stacks more. */
const maxDepth = 8

/** Of these addresses those that this machine has, and the network cards that each is reached through. `own`: interfaces by address; for tests. */
export async function cardPaths(
  addresses: readonly string[],
  own: ReadonlyMap<string, string> = ownInterfaces(),
  folder = '/sys/class/net',
): Promise<CardPath[]> {
  const here = [...new Set(addresses)].flatMap((address) => {
    const name = own.get(address)
    return name === undefined ? [] : [{ address, name }]
  })
  return Promise.all(
    here.map(async ({ address, name }) => ({ address, cards: [...new Set(await cardsOf(folder, name, 0))].sort() })),
  )
}

function ownInterfaces(): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const [name, all] of Object.entries(networkInterfaces())) {
    for (const { address, internal } of all ?? []) if (!internal) found.set(address, name)
  }
  return found
}

/** A card is a device. A bond, a VLAN, a bridge or a team names what lies below it (`lower_eth0`); where nothing does, it is its own. */
async function cardsOf(folder: string, name: string, depth: number): Promise<string[]> {
  const entries = await readdir(join(folder, name)).catch((): string[] => [])
  const lower = entries.flatMap((entry) => /^lower_(.+)$/.exec(entry)?.[1] ?? [])
  if (entries.includes('device') || lower.length === 0 || depth >= maxDepth) return [name]
  return (await Promise.all(lower.map((below) => cardsOf(folder, below, depth + 1)))).flat()
}
