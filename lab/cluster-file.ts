import type { LabDisk, LabGuest } from './guest.ts'
import { guestCommandLine } from './guest.ts'
import type { GuestImage } from './image.ts'

export interface DefinedGuest extends LabGuest {
  /** As the cluster file writes them: `servidor1:22/tcp`. */
  readonly needs: readonly string[]
}

/** What a guest of the lab is given at the start, at most, and what it is reduced to once ready. Below 72 the kernel has nothing left to give. */
const MEMORY = '{ start: 112 MiB, run: 88 MiB, max: 128 MiB }'

/**
 * A cluster file that defines guests of the lab from nothing but the lab's kernel. `more`: its other parts, `hosts:` and `settings:`
 * among them, as text.
 */
export function clusterFile(
  guests: readonly DefinedGuest[],
  image: GuestImage,
  consoleFile: (guest: string) => string,
  more = '',
  memory = MEMORY,
): string {
  const head = `# The nine guests of scenario B. Change it and say: scripts/demo vigia apply FILE
version: 1
${more}defaults:
  memory: ${memory}
  define:
    hypervisor: qemu
    machine: q35
    interfaces: [{ bridge: br0 }]
guests:
`
  return head + guests.map((guest) => guestText(guest, image, consoleFile(guest.name))).join('')
}

function guestText(guest: DefinedGuest, image: GuestImage, consoleFile: string): string {
  const disks = (guest.disks ?? []).map(diskText)
  return `  ${guest.name}:
    address: ${guest.address}
    services: [${guest.services.map((word) => quoted(asPort(word))).join(', ')}]
    needs: [${guest.needs.map(quoted).join(', ')}]
    define:
      boot:
        kernel: ${image.kernel}
        initrd: ${image.initrd}
        commandLine: ${quoted(guestCommandLine(guest, image))}
      consoles: { serialLog: ${consoleFile}${guest.screen ? ', vnc: true' : ''} }
${disks.length > 0 ? `      disks: [${disks.join(', ')}]\n` : ''}`
}

function diskText({ path, readOnly, createMib }: LabDisk): string {
  const create = createMib === undefined ? '' : `, create: ${createMib} MiB`
  return `{ path: ${path}, format: raw${readOnly ? ', readOnly: true' : ''}${create} }`
}

/** The lab says what a port speaks, the cluster file only its protocol. */
function asPort(word: string): string {
  return word.replace(/\/(http|journal)$/, '/tcp').replace('/dns', '/udp')
}

function quoted(text: string): string {
  return JSON.stringify(text)
}
