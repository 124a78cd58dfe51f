import { nowNs } from './daemon.ts'
import { atMost, exactly, type Figure, figure, type Measured } from './figures.ts'
import { answers, deedTimes, gates, knockOnAll } from './launch.ts'
import type { RunOptions } from './run-options.ts'
import { type Actor, BOOT_LIMIT_MS, DOWN_LIMIT_MS, labAddress, labGuestOf, Stage } from './stage.ts'
import { largest, median, percentile } from './statistics.ts'

/** Chains side by side, so that both cores of a small machine have a guest to boot; more would only measure their queue. */
const chains = 2
const links = 13
const linksQuick = 5

/** Each link but the first of a chain is a gate. */
export function gatesARound(quick: boolean): number {
  return chains * ((quick ? linksQuick : links) - 1)
}

export interface GateRound {
  /** By the guest that was started: from the first SYN-ACK of its need to its own start, ms. */
  readonly gatesMs: Readonly<Record<string, number>>
  readonly packetsLost: number
}

/** Chains of real guests, each needing the one before: every boot but the first of a chain begins at a gate. */
export async function gateRounds(options: RunOptions, rounds: number, done: (round: GateRound) => void): Promise<void> {
  const stage = await Stage.open({ id: 'bgates', say: options.say })
  try {
    const actors = chainActors(options.quick ? linksQuick : links)
    await stage.define(actors.map(labGuestOf))
    const daemon = await stage.startDaemon(true)
    await stage.apply('chains.yaml', chainFile(actors))
    for (let round = 1; round <= rounds; round++) {
      done(await oneRound(stage, actors))
      options.say(`gates: round ${round} of ${rounds}, ${gatesARound(options.quick)} gates each`)
    }
    await daemon.stop()
  } finally {
    await stage.close()
  }
}

export function gateFigures(rounds: readonly GateRound[]): Measured {
  const gatesMs = rounds.flatMap((round) => Object.values(round.gatesMs))
  const of = (name: string, what: string, value: number, limit?: number): Figure =>
    figure({ name, what, unit: 'ms', value, n: gatesMs.length, ...(limit !== undefined && { limit: atMost(limit) }) })
  const lost = rounds.reduce((sum, round) => sum + round.packetsLost, 0)
  const figures = [
    of('gates.median', 'need answers -> start issued, median', median(gatesMs), 50),
    of('gates.p99', 'need answers -> start issued, 99th percentile', percentile(gatesMs, 99), 150),
    of('gates.largest', 'need answers -> start issued, the largest', largest(gatesMs)),
    figure({
      name: 'gates.packets-lost',
      what: 'packets the observer lost',
      unit: 'count',
      value: lost,
      n: rounds.length,
      limit: exactly(0),
    }),
  ]
  const notes = [
    'Each gate is a real boot: from the first SYN-ACK of a guest on the wire, stamped by the kernel, to the request to start the next one written to the socket of libvirt.',
  ]
  return { figures, details: { rounds }, notes }
}

async function oneRound(stage: Stage, actors: readonly Actor[]): Promise<GateRound> {
  const { daemon, observer } = stage
  await observer.clear()
  const knocking = knockOnAll(stage, actors)
  knocking.catch(() => undefined)
  const began = nowNs()
  await daemon.client.launch({ guests: actors.map(({ name }) => name) })
  await daemon.allReady(actors.length * BOOT_LIMIT_MS)
  await knocking
  const gatesMs = gates(actors, deedTimes(stage, 'start', began), answers(stage, actors))
  await daemon.client.shutdown({})
  await daemon.allStopped(DOWN_LIMIT_MS)
  return { gatesMs, packetsLost: await observer.lost() }
}

function chainActors(links: number): Actor[] {
  return Array.from({ length: chains * links }, (_, index) => {
    const [chain, link] = [index % chains, Math.floor(index / chains)]
    const name = (of: number): string => `chain${chain + 1}-${of + 1}`
    return { name: name(link), address: labAddress(index), port: 22, needs: link === 0 ? [] : [name(link - 1)] }
  })
}

/** Nothing starts by itself when the file is applied. `more`: further defaults, as the file writes them. */
export function chainFile(actors: readonly Actor[], ...more: readonly string[]): string {
  const guests = actors.map(({ name, address, port, needs }) => {
    const needed = needs.map((need) => JSON.stringify(`${need}:${port}/tcp`)).join(', ')
    return `  ${name}: { address: ${address}, services: [${port}/tcp], needs: [${needed}] }`
  })
  return `version: 1\nname: chains\ndefaults: { ${['state: stopped', ...more].join(', ')} }\nguests:\n${guests.join('\n')}\n`
}
