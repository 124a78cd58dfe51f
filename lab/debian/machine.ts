import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import type { DebianImage } from './image.ts'

export interface Booted {
  /** All that was written to the serial port, boots and shutdowns included. */
  readonly serial: string
  /** False: it did not power itself off within the limit and was ended. */
  readonly poweredOff: boolean
}

const MEMORY_MIB = 2048

const LOOK_EVERY_MS = 2_000

/**
 * No address, no network card: nothing of it reaches this machine. The journal goes to the serial port, where the order of
 * a shutdown is seen to the end.
 */
const COMMAND_LINE = [
  'console=ttyS0 quiet panic=5 nokaslr mitigations=off cryptomgr.notests init_on_alloc=0 ipv6.disable=1 lsm= TERM=dumb',
  'systemd.show_status=1 systemd.journald.forward_to_console=1 systemd.journald.max_level_console=info',
].join(' ')

/** Boots the image with a second disk until it powers itself off. What it writes to its disks is forgotten afterwards, not at a reboot. */
export function bootDebian(
  image: DebianImage,
  secondDisk: string,
  serialFile: string,
  limitMs: number,
): Promise<Booted> {
  const drive = (file: string, id: string): string[] => [
    ...['-drive', `file=${file},format=raw,if=none,id=${id},snapshot=on`],
    ...['-device', `virtio-blk-pci,drive=${id}`],
  ]
  const machine = [
    '-machine',
    'q35',
    '-accel',
    'tcg,thread=multi',
    '-cpu',
    'max',
    '-smp',
    '2',
    '-m',
    String(MEMORY_MIB),
  ]
  const bare = ['-nodefaults', '-no-user-config', '-display', 'none', '-serial', `file:${serialFile}`]
  const boot = ['-kernel', image.kernel, '-initrd', image.initrd, '-append', COMMAND_LINE]
  const args = [...machine, ...bare, ...boot, ...drive(image.disk, 'root'), ...drive(secondDisk, 'local')]
  return new Promise((resolve, reject) => {
    // Ends with whoever started it, however that ends.
    const qemu = spawn('setpriv', ['--pdeathsig', 'KILL', '--', 'qemu-system-x86_64', ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    let late = false
    qemu.stderr.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')))
    const end = (): void => {
      late = true
      qemu.kill('SIGKILL')
    }
    const timer = setTimeout(end, limitMs)
    // It would start again and again, to the same end.
    const watch = setInterval(() => {
      if (readSerial(serialFile).includes('Kernel panic')) end()
    }, LOOK_EVERY_MS)
    qemu.on('error', reject)
    qemu.on('close', (code) => {
      clearTimeout(timer)
      clearInterval(watch)
      if (!late && code !== 0) reject(new Error(`QEMU ended with ${code}: ${said.trim()}`))
      else resolve({ serial: readSerial(serialFile), poweredOff: !late })
    })
  })
}

function readSerial(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}
