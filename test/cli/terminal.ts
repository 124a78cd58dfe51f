import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { listenOn } from '../../src/api/listen.ts'
import type { CliPowers, Keyboard, Secret, Sink } from '../../src/cli/context.ts'
import { runCli } from '../../src/cli/main.ts'
import type { FakeDaemon } from '../api/fake-daemon.ts'

export interface Typed {
  readonly exitCode: number
  readonly out: string
  readonly err: string
}

export interface TypeOptions {
  readonly socket?: string | null
  readonly language?: string
  readonly terminal?: boolean
  readonly interrupted?: AbortSignal
  readonly answer?: string | null
  /** What is typed where nobody sees it, one after the other. */
  readonly secrets?: readonly Secret[]
  readonly powers?: CliPowers
  readonly keyboard?: Keyboard
  /** Monotonic milliseconds; default: a clock that stands still. */
  readonly now?: () => number
  /** Told all that stands on the screen so far, each time something is added. */
  readonly seen?: (screen: string) => void
}

export function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'vigia-cli-'))
  t.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** The path of a socket behind which this daemon answers. */
export async function served(t: TestContext, daemon: FakeDaemon): Promise<string> {
  const socket = join(folder(t), 'vigia.sock')
  const app = await daemon.api()
  await listenOn(app, socket)
  t.after(() => app.close())
  return socket
}

/** One command line as a person types it, without a process. Its clock stands still, so that figures do not change. */
export async function type(line: string | readonly string[], options: TypeOptions = {}): Promise<Typed> {
  let out = ''
  const secrets = [...(options.secrets ?? [])]
  let err = ''
  const sink = (write: (text: string) => void): Sink => ({
    write,
    terminal: options.terminal ?? false,
    columns: () => 100,
    rows: () => 24,
  })
  const exitCode = await runCli({
    words: typeof line === 'string' ? line.split(' ').filter((word) => word !== '') : line,
    language: options.language ?? 'C',
    socketPath: options.socket ?? '/nonexistent/vigia.sock',
    noColor: true,
    user: 'ana',
    version: '1.2.3',
    out: sink((text) => {
      out += text
      options.seen?.(out)
    }),
    err: sink((text) => {
      err += text
    }),
    powers: options.powers ?? {},
    interrupted: options.interrupted ?? new AbortController().signal,
    now: options.now ?? (() => 0),
    wall: () => 1_767_225_600_000,
    keyboard: () => options.keyboard ?? null,
    askSecret: async () => secrets.shift() ?? null,
    ask: async () => (options.answer === undefined ? null : options.answer),
  })
  return { exitCode, out, err }
}
