import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { chain, FakeDaemon, launchedDaemon } from '../api/fake-daemon.ts'
import { served } from './terminal.ts'

const vigia = resolve(import.meta.dirname, '../../src/bin/vigia.ts')

function started(words: readonly string[], environment: Record<string, string> = {}): ChildProcess {
  const env = { PATH: process.env.PATH ?? '', LANG: 'C', ...environment }
  return spawn(process.execPath, [vigia, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] })
}

async function ended(child: ChildProcess): Promise<{ exitCode: number | null; out: string; err: string }> {
  let out = ''
  let err = ''
  child.stdout?.on('data', (piece) => {
    out += piece
  })
  child.stderr?.on('data', (piece) => {
    err += piece
  })
  const [exitCode] = (await once(child, 'close')) as [number | null]
  return { exitCode, out, err }
}

test('the program ends with the exit code of its command, messages on stderr', async () => {
  const absent = await ended(started(['status'], { VIGIA_SOCKET: '/nonexistent/v.sock', LANG: 'pt_BR.UTF-8' }))
  assert.equal(absent.exitCode, 69)
  assert.equal(absent.out, '')
  assert.match(absent.err, /^vigia: o vigiad não responde em \/nonexistent\/v\.sock: ENOENT\ndica: /)
  const version = await ended(started(['--version']))
  assert.equal(version.exitCode, 0)
  assert.match(version.out, /^vigia \d+\.\d+\.\d+\n$/)
})

test('a reader that has seen enough is no error', async (t) => {
  const daemon = launchedDaemon()
  const socket = await served(t, daemon)
  const child = started(['status', '--watch', '-o', 'json'], { VIGIA_SOCKET: socket })
  const end = ended(child)
  await once(child.stdout!, 'data')
  child.stdout!.destroy()
  for (const verdict of ['refused', 'answering', 'refused'] as const) {
    daemon.world.see('web', 'running', { '80/tcp': verdict })
    daemon.changed()
    await new Promise((resolve) => setTimeout(resolve, 150))
  }
  const { exitCode, err } = await end
  assert.equal(exitCode, 0)
  assert.equal(err, '')
})

test('Ctrl-C ends the waiting, says that the work goes on, and leaves the wish', async (t) => {
  const daemon = new FakeDaemon(chain)
  daemon.world.settle()
  const socket = await served(t, daemon)
  const child = started(['launch', 'web'], { VIGIA_SOCKET: socket })
  const end = ended(child)
  await once(child.stdout!, 'data')
  child.kill('SIGINT')
  const { exitCode, err } = await end
  assert.equal(exitCode, 130)
  assert.match(err, /the work goes on/)
  assert.equal(daemon.wish('web').launchSerial, 1)
})

test('check does not load what only a daemon or its client needs', async () => {
  const loader = `
    const loaded = []
    require('node:module').registerHooks({ resolve(name, context, next) { const found = next(name, context); loaded.push(found.url); return found } })
    process.on('exit', () => process.stderr.write(loaded.filter((url) => /commander|fastify|typebox|node:sqlite|src\\/api\\//.test(url)).join(' ')))`
  const file = join(resolve(import.meta.dirname, '../..'), 'package.json')
  const child = spawn(
    process.execPath,
    [
      '--import',
      `data:text/javascript,import{createRequire}from'node:module';const require=createRequire('file:///');${encodeURIComponent(loader)}`,
      vigia,
      'check',
      file,
    ],
    {
      env: { PATH: process.env.PATH ?? '', LANG: 'C' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const { err } = await ended(child)
  // The list is really made: commander is on it.
  assert.match(err, /commander/)
  assert.doesNotMatch(err, /fastify|typebox|sqlite|src\/api/)
})
