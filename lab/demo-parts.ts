import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { labDown } from './down.ts'
import type { LabHost } from './host.ts'
import { type Lab, openLab } from './lab.ts'

export const DEMO_ID = 'demo'
export const SCENARIO = join(import.meta.dirname, '..', 'examples', 'scenario-b.conf')

/** Nine emulated guests in five waves; a machine that needs longer is no place to try it. */
export const LAUNCH_LIMIT = '240s'

export const say = (line: string): void => void process.stdout.write(`${line}\n`)

/** Long for a guest that is up, on whatever machine. */
const ANSWER_LIMIT_MS = 60_000

/** 0: each of them answers a client. */
export async function allAnswer(
  lab: Lab,
  guests: readonly { readonly name: string; readonly address: string }[],
): Promise<number> {
  const mute = await Promise.all(
    guests.map(async ({ name, address }) => {
      const { verdict } = await lab.client.wait(address, 22, ANSWER_LIMIT_MS)
      return verdict === 'answered' ? [] : [name]
    }),
  )
  if (mute.flat().length > 0) say(`demo: no answer of ${mute.flat().join(', ')}`)
  return mute.flat().length === 0 ? 0 : 1
}

export function seconds(begin: number): string {
  return `${((performance.now() - begin) / 1000).toFixed(1)} s`
}

/** A one-time link to the console, before anything is launched: the launch is best seen there. */
export async function showDoor(host: LabHost): Promise<void> {
  say('demo: open this in a browser on this machine (its certificate is made by the demo itself):')
  await vigiaOn(host, ['console'])
}

export async function down(): Promise<number> {
  const begin = performance.now()
  const done = await labDown(DEMO_ID)
  say(done.length === 0 ? 'demo: nothing is up' : `demo: taken down, nothing is left (${seconds(begin)})`)
  return 0
}

export async function withDemo(action: (lab: Lab) => Promise<number>): Promise<number> {
  const lab = await openLab(DEMO_ID)
  if (lab === undefined) {
    process.stderr.write('demo: it is not up: run scripts/demo in another terminal\n')
    return 1
  }
  const status = await action(lab)
  lab.client.close()
  return status
}

/** To any guest: `scripts/demo guest NAME COMMAND…`. */
export async function tellGuest(lab: Lab, [name = '', ...words]: readonly string[]): Promise<number> {
  say((await lab.control(name).send(words.join(' '))) || 'ok')
  return 0
}

/**
 * vigia itself, in this terminal, speaking to the daemon of this host; what concerns the host's own files is said inside of it. Ctrl-C is its own
 * affair.
 */
export function vigiaOn(host: LabHost, words: readonly string[]): Promise<number> {
  const program = join(import.meta.dirname, '..', 'bin', 'vigia')
  const env = { ...process.env, VIGIA_SOCKET: join(host.runFolder, 'vigia.sock'), VIGIA_STATE_DIR: host.stateFolder }
  const inside = words[0] === 'cluster'
  const [command, args] = inside ? ['nsenter', [...host.enter(), program, ...words]] : [program, [...words]]
  const ignore = (): void => undefined
  process.on('SIGINT', ignore)
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', env: { ...env, VIGIA_HOST: host.name } })
    child.on('error', reject)
    child.on('close', (code) => {
      process.off('SIGINT', ignore)
      resolve(code ?? 1)
    })
  })
}
