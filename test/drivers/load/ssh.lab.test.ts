import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { until } from '../../../lab/run.ts'
import { createLoadSource } from '../../../src/drivers/load/load-source.ts'
import type { LoadSource } from '../../../src/ports/load-source.ts'

/*
 * A client's host with a real sshd: a namespace of its own for network, mounts and processes. Ssh goes in from there, too, so that no address
 * of this machine is used. The unpacked packages lie over /usr; root and the user that sshd wants are in a passwd of their own.
 */
const cache = join(import.meta.dirname, '../../../.cache/lab/ssh/usr')
const folder = mkdtempSync(join(tmpdir(), 'vigia-client-'))
const bytes = 3_000_000

let host: ChildProcess
let source: LoadSource

const site = `
  const body = Buffer.alloc(${bytes})
  require('node:http').createServer((request, answer) => answer.end(request.url === '/file' ? body : 'hello')).listen(8080, '127.0.0.1')
`

const opening = `
  set -e
  mount --make-rprivate /
  mount -t overlay overlay -o lowerdir=${cache}:/usr /usr
  mount -t tmpfs tmpfs /run && mkdir -m 755 /run/sshd
  for file in passwd shadow; do mount --bind ${folder}/$file /etc/$file; done
  ip link set lo up
  ssh-keygen -q -t ed25519 -N '' -f ${folder}/host
  ssh-keygen -q -t ed25519 -N '' -f ${folder}/key
  cp ${folder}/key.pub ${folder}/allowed
  ${process.execPath} -e "$SITE" &
  exec /usr/sbin/sshd -D -e -f ${folder}/sshd_config
`

const settings = `
ListenAddress 127.0.0.1
Port 2222
HostKey ${folder}/host
AuthorizedKeysFile ${folder}/allowed
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin yes
PidFile none
`

before(async () => {
  mkdirSync(join(folder, 'home'))
  writeFileSync(
    join(folder, 'passwd'),
    `root:x:0:0:root:${folder}/home:/bin/sh\nsshd:x:998:65534::/run/sshd:/usr/sbin/nologin\n`,
  )
  writeFileSync(join(folder, 'shadow'), 'root:*:19000:0:99999:7:::\n')
  writeFileSync(join(folder, 'sshd_config'), settings)
  const apart = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc']
  host = spawn('unshare', [...apart, 'sh', '-c', opening], {
    env: { ...process.env, SITE: site },
    stdio: ['ignore', 'inherit', 'pipe'],
  })
  let said = ''
  host.stderr!.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')))
  await until('sshd listens', 90_000, () => {
    if (host.exitCode !== null) throw new Error(`the client's host ended: ${said}`)
    return /Server listening/.test(said)
  })
  const program = join(folder, 'ssh')
  writeFileSync(program, `#!/bin/sh\nexec nsenter -t ${host.pid} --net --mount --root ssh -F none "$@"\n`, {
    mode: 0o755,
  })
  const known = ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR']
  const options = ['-p', '2222', '-i', join(folder, 'key'), ...known]
  source = createLoadSource({ host: 'root@127.0.0.1', options, node: process.execPath }, program)
})

after(() => {
  host?.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

/** Connections to the site that are open at the client. */
function openConnections(): number {
  const inside = [
    '-t',
    String(host.pid),
    '--net',
    '--mount',
    '--root',
    '--',
    'sh',
    '-c',
    'ss -Htn state established dport = :8080 | wc -l',
  ]
  return Number(execFileSync('nsenter', inside, { encoding: 'utf8' }).trim())
}

test('a download is measured at the client, through a real ssh', async () => {
  const outcome = await (
    await source.measure({ kind: 'transfer', address: '127.0.0.1', port: 8080, path: '/file', repeats: false })
  ).ended
  assert.ok(outcome.kind === 'transfer')
  assert.deepEqual([outcome.bytes, outcome.broken], [bytes, false])
})

test('load is measured at the client, and ends there when nobody wants it any more', async () => {
  const load = { kind: 'load', address: '127.0.0.1', port: 8080, path: '/', connections: 10 } as const
  const outcome = await (await source.measure({ ...load, requests: 500 })).ended
  assert.ok(outcome.kind === 'load')
  assert.deepEqual([outcome.answered, outcome.lost], [500, 0])
  const endless = await source.measure({ ...load, requests: 10_000_000 })
  await until('ten connections', 60_000, () => openConnections() === 10)
  await endless.stop()
  await until('none is left at the client', 60_000, () => openConnections() === 0)
})

test('what sshd refuses is said as it is', async () => {
  const stranger = [
    '-p',
    '2222',
    '-o',
    'StrictHostKeyChecking=no',
    '-o',
    'UserKnownHostsFile=/dev/null',
    '-o',
    'LogLevel=ERROR',
    '-i',
    '/nowhere',
  ]
  const refused = createLoadSource(
    { host: 'root@127.0.0.1', options: stranger, node: process.execPath },
    join(folder, 'ssh'),
  )
  await assert.rejects(
    refused.measure({ kind: 'transfer', address: '127.0.0.1', port: 8080, path: '/file', repeats: false }),
    (error: { code?: string; details?: { text?: string } }) =>
      error.code === 'peer-lost' && /Permission denied/.test(error.details?.text ?? ''),
  )
})
