import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { HostId } from '../../src/model/ids.ts'
import type { LineWish } from '../../src/ports/host-guests.ts'
import type { ConsoleLine } from '../../src/ports/hypervisor.ts'
import { ConsoleDaemon } from './console-daemon.ts'

/** A real machine without a system in it, standing still: its screen is QEMU's own VNC server. Returns the socket of that. */
export async function realScreen(t: { after(end: () => Promise<void>): void }, title: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'vigia-screen-'))
  const socket = join(folder, 'vnc')
  const machine = ['-nodefaults', '-no-user-config', '-machine', 'pc,accel=tcg', '-m', '32', '-S', '-vga', 'std']
  const args = [
    ...machine,
    '-display',
    'none',
    '-vnc',
    `unix:${socket}`,
    '-name',
    `guest=${title.replaceAll(',', ',,')}`,
  ]
  const qemu = spawn('qemu-system-x86_64', args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  qemu.stderr.on('data', (bytes) => {
    said += String(bytes)
  })
  const ended = once(qemu, 'exit')
  t.after(async () => {
    qemu.kill('SIGKILL')
    await ended
    rmSync(folder, { recursive: true })
  })
  for (let tries = 0; ; tries++) {
    if (qemu.exitCode !== null || tries === 900) throw new Error(`no screen: ${said}`)
    const answers = await new Promise<boolean>((resolve) => {
      const line = connect(socket)
      line.once('connect', () => {
        line.destroy()
        resolve(true)
      })
      line.once('error', () => resolve(false))
    })
    if (answers) return socket
    await delay(100)
  }
}

/** Screens are those of a real machine; a serial line says what `greeting` is, and echoes what it is told. */
export class ScreenDaemon extends ConsoleDaemon {
  screen = ''
  greeting = ''
  readonly #lines: ConsoleLine[] = []

  /** The guests' ends of all serial lines are closed. */
  endLines(): void {
    for (const line of this.#lines.splice(0)) void line.write(Buffer.from('bye'))
  }

  override openLine(host: HostId, wish: LineWish): ConsoleLine {
    if (wish.kind === 'vnc') return screenLine(this.screen)
    const line = super.openLine(host, wish)
    this.#lines.push(line)
    if (this.greeting !== '') void line.write(Buffer.from(this.greeting))
    return line
  }
}

export function screenLine(path: string): ConsoleLine {
  const socket = connect(path)
  return {
    output: socket,
    write: async (bytes) => {
      socket.write(bytes)
    },
    close: () => {
      socket.destroy()
    },
  }
}
