import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import type { LabHost } from './host.ts'

/** A running QEMU, as the machine under all hosts sees it. */
export interface QemuProcess {
  readonly guest: string
  readonly host: string
  readonly pid: number
  /** Made to take a guest over from another host (it runs only when that one has stopped). */
  readonly incoming: boolean
}

/** A QEMU somewhere on this machine. */
export type Emulator = Omit<QemuProcess, 'host'>

/** Found by its process, whatever host it belongs to. One that has been killed and only gives its memory back is none. */
export function emulators(): Emulator[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const words = commandOf(name)
      const guest = /^guest=([^,]+)/.exec(words[words.indexOf('-name') + 1] ?? '')?.[1]
      if (guest === undefined || !words[0]?.includes('qemu-system')) return []
      return [{ guest, pid: Number(name), incoming: words.includes('-incoming') }]
    })
}

/** Every QEMU of these hosts, sorted: by the pid namespace that it lives in, so that neither libvirt nor Vigia is believed. */
export function qemuProcesses(hosts: readonly LabHost[]): QemuProcess[] {
  const namespaces = new Map<string, string>()
  for (const { name, firstProcess } of hosts) {
    const namespace = firstProcess === undefined ? undefined : namespaceOf(firstProcess.pid)
    if (namespace !== undefined) namespaces.set(namespace, name)
  }
  return emulators()
    .flatMap((one) => {
      const host = namespaces.get(namespaceOf(one.pid) ?? '')
      return host === undefined ? [] : [{ ...one, host }]
    })
    .sort((a, b) => (a.guest + a.host < b.guest + b.host ? -1 : 1))
}

/** Of these files, those that this process has open. */
export function openFiles(pid: number, files: ReadonlySet<string>): string[] {
  const folder = `/proc/${pid}/fd`
  const found = new Set<string>()
  for (const name of namesIn(folder)) {
    const target = linkOf(`${folder}/${name}`)
    if (target !== undefined && files.has(target)) found.add(target)
  }
  return [...found]
}

/** Whether anybody holds a lock on this file (QEMU's own, on what it writes to). */
export function isLocked(file: string): boolean {
  const { ino } = statSync(file)
  return new RegExp(`:${ino} `).test(readFileSync('/proc/locks', 'utf8'))
}

/** Hosts by guest. */
export function whereGuestsRun(hosts: readonly LabHost[]): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const { guest, host } of qemuProcesses(hosts)) found.set(guest, [...(found.get(guest) ?? []), host])
  return found
}

function commandOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0')
  } catch {
    // Ended meanwhile.
    return []
  }
}

function namespaceOf(pid: number): string | undefined {
  return linkOf(`/proc/${pid}/ns/pid`)
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    // Ended meanwhile.
    return undefined
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    // Ended meanwhile.
    return []
  }
}
