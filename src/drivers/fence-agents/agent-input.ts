import { readFile } from 'node:fs/promises'
import { Fault } from '../../model/fault.ts'
import type { FenceDeviceSpec } from '../../model/fence-device.ts'

export type AgentAction = 'off' | 'on' | 'status' | 'monitor' | 'metadata'

/** What a program is told, and what must never be repeated of it. */
export interface AgentInput {
  readonly text: string
  readonly secrets: readonly string[]
}

/** A password or key is short; a file longer than this is none, and is not sent anywhere. */
const secretMaxBytes = 16 * 1024

/**
 * The lines that a program reads: its action, the options, and the secrets, which are read from their files each time, so that
 * a changed password counts at once and none lies in memory. Faults: `file-unreadable` (a secret), `bad-data` (a value of several lines).
 */
export async function agentInput(spec: FenceDeviceSpec, action: AgentAction): Promise<AgentInput> {
  const lines = [`action=${action}`]
  const secrets: string[] = []
  for (const [key, value] of Object.entries(spec.options)) lines.push(lineOf(spec, key, value))
  for (const [key, path] of Object.entries(spec.secrets)) {
    const secret = await readSecret(path)
    secrets.push(secret)
    lines.push(lineOf(spec, key, secret))
  }
  return { text: `${lines.join('\n')}\n`, secrets }
}

/** Text of a program without the secrets it was given: some repeat an input line that they do not understand. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((clean, secret) => (secret === '' ? clean : clean.replaceAll(secret, '***')), text)
}

/** The programs strip blanks around a line and one pair of quotes around a value; such a value is put into a pair more. */
function lineOf(spec: FenceDeviceSpec, key: string, value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a line break would begin another parameter
  if (/[\u0000\r\n]/.test(value)) {
    throw new Fault('bad-data', 'not-done', { where: spec.agent, field: key, expected: 'one line' })
  }
  return `${key}=${/^\s|\s$|^".*"$/.test(value) ? `"${value}"` : value}`
}

async function readSecret(path: string): Promise<string> {
  let bytes: Buffer
  try {
    bytes = await readFile(path)
  } catch (error) {
    const text = (error as NodeJS.ErrnoException).code ?? String(error)
    throw new Fault('file-unreadable', 'not-done', { file: path, text }, { cause: error })
  }
  if (bytes.length > secretMaxBytes) {
    throw new Fault('file-unreadable', 'not-done', { file: path, text: 'too long for a secret' })
  }
  // Editors end a file with a line break that belongs to no password.
  return bytes.toString('utf8').replace(/\r?\n$/, '')
}
