import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { statfs } from 'node:fs/promises'

const commandLimitMs = 2_000

/** Whether guests can run on the processor itself. The device alone proves nothing: inside some virtual machines it exists, and guests hang on it. */
export function virtualisation(
  device = '/dev/kvm',
  processors = '/proc/cpuinfo',
): 'usable' | 'kvm-absent' | 'kvm-processor' {
  if (!existsSync(device)) return 'kvm-absent'
  const known = /^(?:flags|Features)\b.*\b(?:vmx|svm)\b/m.test(textOf(processors))
  // Other processors than x86 do not say it among their flags: there the device has to do.
  return known || process.arch !== 'x64' ? 'usable' : 'kvm-processor'
}

/** Whether this host is itself a guest: one that can be paused, its kernel and all. What shows nothing counts as a machine. */
export function isVirtual(processors = '/proc/cpuinfo', sys = '/sys', proc = '/proc'): boolean {
  // Xen's first domain looks like a guest, and is the one that pauses the others.
  if (textOf(`${proc}/xen/capabilities`).includes('control_d')) return false
  if (/^flags\b.*\bhypervisor\b/m.test(textOf(processors))) return true
  if (textOf(`${sys}/hypervisor/type`).trim() !== '') return true
  // Processors without such a flag: what the firmware calls the machine.
  return /\b(?:QEMU|KVM|VMware|VirtualBox|Virtual Machine)\b/.test(textOf(`${sys}/class/dmi/id/product_name`))
}

/** In MiB; null where it cannot be told. */
export function swapMib(file = '/proc/meminfo'): number | null {
  const found = /^SwapTotal:\s+(\d+) kB$/m.exec(textOf(file))?.[1]
  return found === undefined ? null : Math.floor(Number(found) / 1024)
}

/** What an ordinary process may still write there, in MiB. Throws the system's error. */
export async function freeMib(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path)
  return Math.floor((bavail * bsize) / 1024 ** 2)
}

/** As systemd sees it, whichever service keeps the time. Null: it cannot be asked. */
export function clockSynchronised(program = 'timedatectl'): Promise<boolean | null> {
  const options = { timeout: commandLimitMs, killSignal: 'SIGKILL', env: { PATH: '/usr/bin:/bin', LANG: 'C' } } as const
  return new Promise((resolve) => {
    execFile(program, ['show', '--property=NTPSynchronized', '--value'], options, (error, stdout) => {
      const said = error ? '' : stdout.trim()
      resolve(said === 'yes' ? true : said === 'no' ? false : null)
    })
  })
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // Not shown here: nothing is known from it.
    return ''
  }
}
