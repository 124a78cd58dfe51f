import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { HostReading } from '../../model/reading.ts'

/** Where the kernel tells; others for tests. */
export interface KernelFolders {
  readonly proc: string
  readonly sys: string
}

export const kernelFolders: KernelFolders = { proc: '/proc', sys: '/sys' }

/** The unit of `/proc/diskstats`, whatever a disk's own sectors are. */
const sectorBytes = 512

/** Which devices are the host's own is looked at anew after so many readings: a host of a thousand guests has as many network devices. */
const lookAgainAfter = 30

/** A host as its kernel counts. What it does not tell is null; nothing is thrown. */
export function createHostReader(folders: KernelFolders = kernelFolders): () => Promise<HostReading> {
  const read = (name: string): Promise<string> => readFile(join(folders.proc, name), 'utf8').catch(() => '')
  let devices: Promise<OwnDevices> = Promise.resolve({ disks: null, cards: null })
  let readings = 0
  return async () => {
    if (readings % lookAgainAfter === 0) devices = ownDevices(folders.sys)
    readings += 1
    const [stat, memory, disks, network, own] = await Promise.all([
      read('stat'),
      read('meminfo'),
      read('diskstats'),
      read('net/dev'),
      devices,
    ])
    return {
      ...processorTicks(stat),
      ...memoryIn(memory),
      ...diskBytes(disks, own.disks),
      ...cardBytes(network, own.cards),
    }
  }
}

interface OwnDevices {
  readonly disks: ReadonlySet<string> | null
  readonly cards: ReadonlySet<string> | null
}

async function ownDevices(sys: string): Promise<OwnDevices> {
  const [disks, cards] = await Promise.all([physical(join(sys, 'block')), physical(join(sys, 'class/net'))])
  return { disks, cards }
}

/** The first line sums all processors up: user, nice, system, idle, iowait, irq, softirq, steal, and guests' time, which user has in it already. */
export function processorTicks(stat: string): Pick<HostReading, 'cpuBusyTicks' | 'cpuAllTicks'> {
  const found = /^cpu +([\d ]+)$/m.exec(stat)
  if (found === null) return { cpuBusyTicks: null, cpuAllTicks: null }
  const ticks = found[1]!.trim().split(/ +/).slice(0, 8).map(Number)
  const all = ticks.reduce((sum, one) => sum + one, 0)
  const [, , , idle = 0, waiting = 0] = ticks
  return { cpuBusyTicks: all - idle - waiting, cpuAllTicks: all }
}

export function memoryIn(meminfo: string): Pick<HostReading, 'memoryTotalMib' | 'memoryUsedMib'> {
  const mib = (name: string): number | null => {
    const found = new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(meminfo)
    return found === null ? null : Number(found[1]) / 1024
  }
  const [total, available] = [mib('MemTotal'), mib('MemAvailable')]
  return { memoryTotalMib: total, memoryUsedMib: total === null || available === null ? null : total - available }
}

/** `own` null: there are none. */
export function diskBytes(
  diskstats: string,
  own: ReadonlySet<string> | null,
): Pick<HostReading, 'diskReadBytes' | 'diskWrittenBytes'> {
  const lines = diskstats.split('\n').map((line) => line.trim().split(/ +/))
  const wanted = lines.filter(([, , name = '']) => own?.has(name))
  if (wanted.length === 0) return { diskReadBytes: null, diskWrittenBytes: null }
  const sum = (field: number): number => wanted.reduce((all, words) => all + Number(words[field] ?? 0), 0) * sectorBytes
  return { diskReadBytes: sum(5), diskWrittenBytes: sum(9) }
}

export function cardBytes(
  netDev: string,
  own: ReadonlySet<string> | null,
): Pick<HostReading, 'netReceivedBytes' | 'netSentBytes'> {
  const lines = [...netDev.matchAll(/^ *([^ :]+): *(.+)$/gm)].map(([, name = '', figures = '']) => ({
    name,
    figures: figures.trim().split(/ +/).map(Number),
  }))
  const wanted = lines.filter(({ name }) => own?.has(name))
  if (wanted.length === 0) return { netReceivedBytes: null, netSentBytes: null }
  const sum = (field: number): number => wanted.reduce((all, { figures }) => all + (figures[field] ?? 0), 0)
  return { netReceivedBytes: sum(0), netSentBytes: sum(8) }
}

/**
 * Devices that are things: what lies on them (bonds, bridges, LVM, RAID) would count every byte again. In a machine that has none to be seen (a container,
 * a network of its own): those that are not made by a bridge or a guest. Null: the kernel does not tell.
 */
async function physical(folder: string): Promise<ReadonlySet<string> | null> {
  const names = await readdir(folder).catch(() => [])
  const entries = new Map<string, readonly string[]>()
  for (const name of names) entries.set(name, await readdir(join(folder, name)).catch(() => []))
  const having = (entry: string): string[] => names.filter((name) => entries.get(name)?.includes(entry))
  const real = having('device')
  if (real.length > 0) return new Set(real)
  const made = new Set(['bridge', 'tun_flags', 'loop'].flatMap(having))
  const rest = names.filter((name) => !made.has(name) && !/^(lo|loop\d+|ram\d+|zram\d+|dm-\d+|md\d+)$/.test(name))
  return rest.length === 0 ? null : new Set(rest)
}
