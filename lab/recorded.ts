import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { markOf, type ProcessMark } from './process-mark.ts'
import type { StateFile } from './state.ts'

export interface RecordedOptions {
  /** Standard output and error are appended to this file. */
  readonly log: string
  readonly what: string
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
}

/**
 * Starts a process that outlives this one, and has it in the state file before it does anything: the shell in front
 * waits for a line, and ends by itself when we die before writing it.
 */
export function startRecorded(
  state: StateFile,
  command: string,
  args: readonly string[],
  options: RecordedOptions,
): ProcessMark {
  const log = openSync(options.log, 'a')
  const gate = 'read -r go && exec "$@" </dev/null'
  const child = spawn('sh', ['-c', gate, 'sh', command, ...args], {
    detached: true,
    stdio: ['pipe', log, log],
    env: options.env,
    cwd: options.cwd,
  })
  closeSync(log)
  const mark = child.pid === undefined ? undefined : markOf(child.pid, options.what)
  if (mark === undefined) throw new Error(`cannot start ${options.what}`)
  // Its end is watched through /proc; an error here would only repeat that.
  child.on('error', () => undefined)
  child.stdin?.on('error', () => undefined)
  state.addProcess(mark)
  child.stdin?.end('go\n')
  child.unref()
  return mark
}
