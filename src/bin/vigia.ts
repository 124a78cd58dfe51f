#!/usr/bin/env node
import { userInfo } from 'node:os'
import { createInterface } from 'node:readline/promises'
import type { Sink } from '../cli/context.ts'
import { runCli } from '../cli/main.ts'
import { keyboard } from './keyboard.ts'
import { packageVersion } from './package-version.ts'

/** Width where nothing tells it. */
const usualColumns = 100
const usualRows = 24

const interrupt = new AbortController()
// The first Ctrl-C ends the waiting in an orderly way; a second one ends the program as it would any other.
process.once('SIGINT', () => interrupt.abort())

// Whoever reads us may have seen enough (`vigia events | head`): that is no error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
}

const { env } = process

process.exitCode = await runCli({
  words: process.argv.slice(2),
  language: env.LC_ALL || env.LC_MESSAGES || env.LANG || '',
  socketPath: env.VIGIA_SOCKET || null,
  noColor: Boolean(env.NO_COLOR) || env.TERM === 'dumb',
  user: userName(),
  version: packageVersion(),
  out: sinkOf(process.stdout),
  err: sinkOf(process.stderr),
  powers: {
    // Loaded only when it is wanted: the pretend world is larger than everything else here.
    hostChecks: async (wish) => (await import('./host-checks.ts')).hostChecks(wish, env),
    survey: async (wish) => (await import('./survey.ts')).surveyHost(wish, env),
    cluster: async () => (await import('./cluster-powers.ts')).clusterPowers(env),
    printPdf: async (html, file) => (await import('../drivers/browser/print-pdf.ts')).printPdf(html, file),
    solver: async () => (await import('../drivers/highs/solver.ts')).highsSolver(),
    simulateLoss: async (snapshot, hosts, options) =>
      (await import('../sim/live.ts')).loseLive(snapshot, hosts, options),
    playFailures: async (spec, design, seed) => (await import('../sim/failures.ts')).playDesign(spec, design, seed),
    simulate: async (text, options) => (await import('../sim/simulate.ts')).simulate(text, options),
  },
  interrupted: interrupt.signal,
  now: () => performance.now(),
  wall: () => Date.now(),
  ask,
  askSecret: async (question) => (await import('./ask-secret.ts')).askSecret(question),
  keyboard,
})

function sinkOf(stream: NodeJS.WriteStream): Sink {
  return {
    write: (text) => void stream.write(text),
    terminal: stream.isTTY === true,
    columns: () => stream.columns ?? usualColumns,
    rows: () => stream.rows ?? usualRows,
  }
}

async function ask(question: string): Promise<string | null> {
  if (!process.stdin.isTTY) return null
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return await lines.question(question, { signal: interrupt.signal })
  } catch {
    // Ctrl-C or the end of input at the question: no answer.
    return ''
  } finally {
    lines.close()
  }
}

/** For the history. A user without a name in the system still has a number. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return String(process.getuid?.() ?? '')
  }
}
