import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import type { LabHost } from './host.ts'

/** A running QEMU, as the machine under all hosts sees it. */
export interface QemuProcess {
  readonly guest: string
  readonly host: string
  readonly pid: number
  /** Made to take a guest over from another host (it runs only when that one has stopped). */
  readonly incoming: boolean
}

/**
 * Every QEMU of these hosts, sorted: found by its process and the pid namespace that it lives in, so that neither libvirt nor Vigia is
 * believed. One that has been killed and only gives its memory back is none.
 */
export function qemuProcesses(hosts: readonly LabHost[]): QemuProcess[] {
  const namespaces = new Map<string, string>()
  for (const { name, firstProcess } of hosts) {
    const namespace = firstProcess === undefined ? undefined : namespaceOf(firstProcess.pid)
    if (namespace !== undefined) namespaces.set(namespace, name)
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const words = commandOf(name)
      const guest = /^guest=([^,]+)/.exec(words[words.indexOf('-name') + 1] ?? '')?.[1]
      if (guest === undefined || !words[0]?.includes('qemu-system')) return []
      const host = namespaces.get(namespaceOf(Number(name)) ?? '')
      return host === undefined ? [] : [{ guest, host, pid: Number(name), incoming: words.includes('-incoming') }]
    })
    .sort((a, b) => (a.guest + a.host < b.guest + b.host ? -1 : 1))
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
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`)
  } catch {
    // Ended meanwhile.
    return undefined
  }
}
