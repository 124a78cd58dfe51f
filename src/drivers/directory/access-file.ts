import { readFileSync } from 'node:fs'
import { type AccessSettings, noAccessSettings, readAccessSettings } from '../../model/access-settings.ts'
import { Fault } from '../../model/fault.ts'
import { fileFault, systemCode } from '../machine/file-faults.ts'

/** Who else may come in. A file that is not there says nobody. Faults: `bad-data` with every mistake, `file-unreadable`, `not-allowed`. */
export async function readAccessFile(path: string): Promise<AccessSettings> {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return noAccessSettings
    throw fileFault(error, { kind: 'file', path })
  }
  const { parse } = await import('yaml')
  const { settings, problems } = readAccessSettings(parsed(path, () => parse(text) as unknown))
  if (problems.length === 0) return settings
  const told = problems.map(({ field, expected }) => `${field}: ${expected}`)
  throw new Fault('bad-data', 'not-done', { path, problems: told })
}

function parsed(path: string, parse: () => unknown): unknown {
  try {
    return parse()
  } catch (cause) {
    throw new Fault('bad-data', 'not-done', { path, text: (cause as Error).message.split('\n')[0] ?? '' }, { cause })
  }
}
