import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { accelerator } from '../../../lab/accelerator.ts'
import { type CpioFile, cpio } from '../../../lab/cpio.ts'
import { newestKernel, perlInitrd } from '../../../lab/image.ts'
import { unpackKernel } from '../../../lab/kernel.ts'
import { must } from '../../../lab/run.ts'

// A real kernel with a real watchdog, in a guest: this machine's own is not for tests.

const root = resolve(import.meta.dirname, '../../..')

/** A boot and some 15 s inside, under emulation on a busy machine. */
const limitMs = 300_000

interface Seen {
  readonly atMs: number
  readonly words: string
}

/** Boots the guest to its end by the watchdog; returns what it printed. */
async function played(commandLine: string): Promise<Seen[]> {
  const folder = mkdtempSync(join(tmpdir(), 'vigia-kernel-'))
  try {
    const kernel = newestKernel()
    const packed = readFileSync(kernel.file)
    writeFileSync(join(folder, 'kernel'), unpackKernel(packed) ?? packed)
    const init = await perlInitrd(kernel, join(import.meta.dirname, 'kernel-init.pl'), ['softdog'])
    // The kernel unpacks one archive after the other.
    writeFileSync(join(folder, 'initrd'), Buffer.concat([init, cpio(feederFiles(), [])]))
    const printed = await must('qemu-system-x86_64', qemuArgs(folder, commandLine), { timeoutMs: limitMs })
    return printed.split('\n').flatMap((line) => {
      const found = /^(\d+\.\d+) (.*?)\r?$/.exec(line)
      return found === null ? [] : [{ atMs: Number(found[1]) * 1_000, words: found[2] ?? '' }]
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function qemuArgs(folder: string, commandLine: string): string[] {
  const kvm = accelerator() === 'kvm'
  return [
    ...[
      '-accel',
      kvm ? 'kvm' : 'tcg',
      '-m',
      '160',
      '-nodefaults',
      '-display',
      'none',
      '-serial',
      'stdio',
      '-no-reboot',
    ],
    ...['-kernel', join(folder, 'kernel'), '-initrd', join(folder, 'initrd')],
    ...['-append', `console=ttyS0 quiet panic=-1 nokaslr mitigations=off ${commandLine}`],
  ]
}

/** The feeder, and the whole of `perl-base` for it. */
function feederFiles(): CpioFile[] {
  const library = readdirSync('/usr/lib', { withFileTypes: true })
    .filter((entry) => entry.name.endsWith('-linux-gnu'))
    .map((entry) => join('/usr/lib', entry.name, 'perl-base'))
    .find((path) => readable(path))
  assert.ok(library !== undefined, 'perl-base is installed')
  const files = readdirSync(library, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return [
    { path: 'feeder.pl', content: readFileSync(join(root, 'src/drivers/watchdog/feeder.pl')) },
    ...files.map((entry) => {
      const path = join(entry.parentPath, entry.name)
      return { path: path.slice(1), content: readFileSync(path), executable: true }
    }),
  ]
}

function readable(path: string): boolean {
  try {
    return readdirSync(path).length > 0
  } catch {
    return false
  }
}

const skip = process.arch === 'x64' ? false : 'the guest is an x86_64 one'

test('the kernel takes the timeout, says what it is, is disarmed, and takes the power when the allowed time is over', {
  skip,
}, async () => {
  const seen = await played('')
  const words = seen.map((one) => one.words).filter((text) => text !== 'alive')
  assert.deepEqual(words, [
    'absent: absent ENOENT',
    'armed: armed 2000 device Software Watchdog',
    'sysfs: Software Watchdog 2 active',
    'disarmed: unarmed',
    'alive: disarmed for twice the timeout',
    'sysfs: inactive',
    'armed: armed 2000 device Software Watchdog',
    'alive: fed for twice the timeout',
    'allowed: 1.5 s more',
  ])
  const allowedMs = (seen.find((one) => one.words.startsWith('allowed:'))?.atMs ?? 0) + 1_500
  const lastMs = seen.at(-1)?.atMs ?? 0
  assert.ok(lastMs <= allowedMs + 2_600, `alive ${lastMs - allowedMs} ms after the allowed time`)
  assert.ok(
    lastMs >= allowedMs + 500,
    `dead ${allowedMs - lastMs} ms before the allowed time and most of the timeout were over`,
  )
})

test('a driver that does not let go is fed on after a disarm, and says so', { skip }, async () => {
  const seen = await played('vigia.nowayout=1')
  const words = seen.map((one) => one.words)
  assert.ok(
    words.some((text) => text.startsWith('said: notice') && text.includes('nowayout')),
    words.join('\n'),
  )
  assert.ok(words.includes('alive: disarmed for twice the timeout'))
  assert.equal(words.filter((text) => text === 'armed: armed 2000 device Software Watchdog').length, 2)
  assert.ok(words.includes('allowed: 1.5 s more'))
})
