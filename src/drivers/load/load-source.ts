import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import { extname } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { MeasuredOutcome } from '../../model/drill.ts'
import type { DrillClient } from '../../model/drill-settings.ts'
import { Fault, type FaultCode } from '../../model/fault.ts'
import { answerLimitMs, type LoadSource, type LoadWish, type Measurement } from '../../ports/load-source.ts'

type Said =
  | { readonly kind: 'begun' }
  | { readonly kind: 'outcome'; readonly outcome: MeasuredOutcome }
  | { readonly kind: 'fault'; readonly code: FaultCode; readonly text: string }

/** After it was told to stop, the generator has its last word within this. */
const lastWordMs = 10_000

/** Of what it complained, for people. */
const keptChars = 500

/** Runs the generator on this host, or by ssh on the client's. */
export function createLoadSource(client: DrillClient | null, ssh = 'ssh'): LoadSource {
  return {
    async measure(wish) {
      const [program, args] = await commandOf(client, ssh)
      return begun(spawn(program, args, { stdio: 'pipe', detached: true }), wish, client)
    },
  }
}

const url = new URL(`./generator${extname(import.meta.url)}`, import.meta.url)

async function commandOf(client: DrillClient | null, ssh: string): Promise<readonly [string, readonly string[]]> {
  if (client === null) return [process.execPath, ['--no-warnings', fileURLToPath(url)]]
  const words = [client.node, '--no-warnings', '--input-type=module', '-e', await travelling(url)]
  const options = ['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10', '-o', 'ServerAliveInterval=5']
  return [ssh, [...options, ...client.options, '--', client.host, words.map(quoted).join(' ')]]
}

/** A module as text, those beside it inside as `data:` URLs: there, nothing lies beside it, and no Node that strips types may be expected. */
async function travelling(module: URL): Promise<string> {
  const source = await readFile(module, 'utf8')
  const script = extname(module.pathname) === '.ts' ? stripTypeScriptTypes(source) : source
  // Every second part is the name of a module; one that is named twice is the same text, and so the same module.
  const parts = script.split(/(?<= from )'(\.\/[^']+)'/)
  const told = parts.map(async (part, index) => {
    if (index % 2 === 0) return part
    const inside = await travelling(new URL(part, module))
    return `'data:text/javascript;base64,${Buffer.from(inside).toString('base64')}'`
  })
  return (await Promise.all(told)).join('')
}

/** For the shell at the other end. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}

function begun(
  child: ChildProcessWithoutNullStreams,
  wish: LoadWish,
  client: DrillClient | null,
): Promise<Measurement> {
  let complaint = ''
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString('utf8')).slice(-keptChars)
  })
  // One that ended has been heard of by then.
  child.stdin.on('error', () => undefined)
  child.stdin.write(`${JSON.stringify(wish)}\n`)
  return new Promise((resolveBegun, rejectBegun) => {
    const started = setTimeout(() => {
      rejectBegun(new Fault('timeout', 'not-done', { what: wish.address, limitMs: answerLimitMs }))
      child.stdin.end()
      child.kill('SIGKILL')
    }, answerLimitMs)
    const ended = new Promise<MeasuredOutcome>((resolve, reject) => {
      const lost = (text: string): void => {
        clearTimeout(started)
        const fault = new Fault('peer-lost', 'not-done', { member: client?.host ?? 'localhost', text })
        rejectBegun(fault)
        reject(fault)
      }
      child.on('error', (error) => lost(error.message))
      child.on('close', () => lost(complaint.trim()))
      createInterface({ input: child.stdout }).on('line', (line) => {
        const said = readSaid(line)
        if (said === null) return
        clearTimeout(started)
        if (said.kind === 'fault') {
          const fault = new Fault(said.code, 'not-done', { why: 'load-source', text: said.text })
          rejectBegun(fault)
          reject(fault)
          return
        }
        if (said.kind === 'outcome') resolve(said.outcome)
        resolveBegun(measurement)
      })
    })
    ended.catch(() => {})
    const measurement: Measurement = {
      ended,
      enough: () => void (child.stdin.writable && child.stdin.write('enough\n')),
      stop: () => {
        child.stdin.end()
        const timer = setTimeout(() => child.kill('SIGKILL'), lastWordMs)
        return ended.finally(() => clearTimeout(timer))
      },
    }
  })
}

/** A login on the other host may greet first. */
function readSaid(line: string): Said | null {
  try {
    const said = JSON.parse(line) as Said
    return ['begun', 'outcome', 'fault'].includes(said.kind) ? said : null
  } catch {
    return null
  }
}
