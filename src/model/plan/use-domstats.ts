import { type SamplesRead, timeOf, type UseSample } from './use-sample.ts'

const mib = 1_048_576

/**
 * `virsh domstats`, as often as it was written, each time after a line with the moment (`date -Is`). Memory is what the guest says it
 * uses, caches not counted, where its balloon driver tells; else what its process holds. Processors are the difference between two
 * moments: of a single one nothing is known of them. Disk is what its images take.
 */
export function readDomstats(text: string): SamplesRead {
  const samples: UseSample[] = []
  const before = new Map<string, { readonly at: number; readonly cpuNs: number }>()
  let at = 0
  let guest: string | null = null
  let stats = new Map<string, number>()
  const end = (): void => {
    if (guest === null) return
    const cpuNs = stats.get('cpu.time')
    const last = before.get(guest)
    const memoryKib = memoryOf(stats)
    const disk = [...stats].flatMap(([name, value]) => (/^block\.\d+\.allocation$/.test(name) ? [value] : []))
    // A guest that was started anew counts from nothing again.
    const hasCores = cpuNs !== undefined && last !== undefined && at > last.at && cpuNs >= last.cpuNs
    const sample: UseSample = {
      ...{ at, guest },
      ...(memoryKib !== null && { memoryMib: memoryKib / 1_024 }),
      ...(hasCores && { cores: (cpuNs - last.cpuNs) / 1e6 / (at - last.at) }),
      ...(disk.length > 0 && { diskMib: disk.reduce((sum, bytes) => sum + bytes, 0) / mib }),
    }
    if (Object.keys(sample).length > 2) samples.push(sample)
    if (cpuNs !== undefined) before.set(guest, { at, cpuNs })
    guest = null
  }
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    const said = line.trim()
    if (said === '') continue
    const domain = /^Domain: '(.+)'$/.exec(said)
    const stat = /^([a-z][a-z0-9._-]*)=(.*)$/i.exec(said)
    if (domain !== null) {
      end()
      guest = domain[1]!
      stats = new Map()
    } else if (stat !== null && guest !== null) {
      const value = Number(stat[2])
      if (stat[2] !== '' && Number.isFinite(value) && value >= 0) stats.set(stat[1]!, value)
    } else {
      end()
      const moment = timeOf(said)
      if (moment === null) return { ok: false, line: index + 1, got: line }
      at = moment
    }
  }
  end()
  return samples.length === 0 ? { ok: false, line: 1, got: 'domstats' } : { ok: true, samples }
}

/** KiB. What it could still give is not used; older guests tell only what is wholly unused. */
function memoryOf(stats: ReadonlyMap<string, number>): number | null {
  const available = stats.get('balloon.available')
  const free = stats.get('balloon.usable') ?? stats.get('balloon.unused')
  if (available !== undefined && free !== undefined && free <= available) return available - free
  return stats.get('balloon.rss') ?? stats.get('balloon.current') ?? null
}
