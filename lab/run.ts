import { spawn } from 'node:child_process'

export interface Ran {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly input?: string
  /** Default 120 000; a command of the lab that takes longer hangs, however busy the machine is. */
  readonly timeoutMs?: number
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
}

/** Runs a command to its end, without a shell. A status other than 0 is returned; a command that cannot start or does not end is thrown. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const timeoutMs = options.timeoutMs ?? 120_000
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], { cwd: options.cwd, env: options.env, stdio: ['pipe', 'pipe', 'pipe'] })
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    let late = false
    const timer = setTimeout(() => {
      late = true
      child.kill('SIGKILL')
    }, timeoutMs)
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
    // A command that ends before it has read its input is no error of its own.
    child.stdin.on('error', () => undefined)
    child.stdin.end(options.input ?? '')
    child.on('error', (cause) => {
      clearTimeout(timer)
      reject(new Error(`cannot run '${command}': ${cause.message}`, { cause }))
    })
    child.on('close', (code) => {
      clearTimeout(timer)
      const ran = { status: code ?? 137, stdout: text(stdout), stderr: text(stderr) }
      if (late) reject(new Error(`'${shown(command, args)}' did not end within ${timeoutMs} ms: ${ran.stderr.trim()}`))
      else resolve(ran)
    })
  })
}

/** Like `run`, but a status other than 0 is thrown with what the command said. Returns its standard output. */
export async function must(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const ran = await run(command, args, options)
  if (ran.status === 0) return ran.stdout
  const said = (ran.stderr.trim() || ran.stdout.trim()).slice(0, 2000)
  throw new Error(`'${shown(command, args)}' ended with status ${ran.status}: ${said}`)
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

/** Waits until `condition` holds, looking every `everyMs`; throws an error saying what did not happen. */
export async function until(
  what: string,
  timeoutMs: number,
  condition: () => boolean | Promise<boolean>,
  everyMs = 20,
): Promise<void> {
  const end = performance.now() + timeoutMs
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`${what}: not within ${timeoutMs} ms`)
    await sleep(everyMs)
  }
}

/** As `until`, where asking itself may fail for a moment: that is no answer yet, and what it said last is told where none comes. */
export async function eventually(
  what: string,
  timeoutMs: number,
  condition: () => boolean | Promise<boolean>,
  everyMs = 100,
): Promise<void> {
  let failed = ''
  const tried = async (): Promise<boolean> => {
    try {
      const holds = await condition()
      failed = ''
      return holds
    } catch (error) {
      failed = error instanceof Error ? error.message : String(error)
      return false
    }
  }
  await until(what, timeoutMs, tried, everyMs).catch((error: unknown) => {
    throw failed === '' ? error : new Error(`${String(error)}; last: ${failed}`, { cause: error })
  })
}

/** Waits until `ask` finds something, and gives it; throws as `eventually` does. */
export async function found<T>(what: string, timeoutMs: number, ask: () => Promise<T | undefined>): Promise<T> {
  let answer: T | undefined
  await eventually(what, timeoutMs, async () => {
    answer = await ask()
    return answer !== undefined
  })
  return answer as T
}

function shown(command: string, args: readonly string[]): string {
  return [command, ...args].join(' ').slice(0, 300)
}

function text(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString('utf8')
}
