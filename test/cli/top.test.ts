import assert from 'node:assert/strict'
import { test } from 'node:test'
import { wallTime } from '../../src/model/ids.ts'
import { launchedDaemon } from '../api/fake-daemon.ts'
import { threeHosts, type WideDaemon } from '../api/wide-daemon.ts'
import { served, type } from './terminal.ts'

function measured(): WideDaemon {
  const daemon = threeHosts()
  daemon.newest.n1 = {
    ...{ measuredAt: wallTime(1_000), host: [37.4, 8_192, 1_024, 0, 1_500, 2_621_440, 0] },
    guests: { db: [4, 512, 300, 0, 9_000, 0, 0], web: [120, 256, null, 100, 0, 5_000_000, 1] },
  }
  daemon.newest.n2 = { measuredAt: wallTime(1_000), host: null, guests: { mail: [null, 128, 64, 0, 0, 0, 0] } }
  return daemon
}

test('top: hosts and guests, the busiest first; a host that does not answer is named', async (t) => {
  const socket = await served(t, measured())
  const { exitCode, out } = await type('top', { socket })
  assert.equal(exitCode, 0)
  const lines = out.split('\n')
  assert.match(lines[1]!, /^n1 +37 % +1 GiB \/ 8 GiB +0 B\/s +1\.5 KiB\/s +2\.5 MiB\/s +0 B\/s$/)
  assert.match(lines[2]!, /^n2$/)
  assert.equal(lines[3], 'n3 does not answer')
  assert.match(lines[6]!, /^web \(n1\) +120 % +\? \/ 256 MiB +100 B\/s +0 B\/s +4\.8 MiB\/s +1 B\/s$/)
  assert.match(lines[7]!, /^db \(n1\) +4 % +300 MiB \/ 512 MiB/)
  assert.match(lines[8]!, /^mail \(n2\) +64 MiB \/ 128 MiB/)
})

test('top: some guests and their hosts, in another order, for programs, in Portuguese', async (t) => {
  const socket = await served(t, measured())
  const byDisk = await type('top web db --sort disk -o csv', { socket })
  assert.deepEqual(
    byDisk.out
      .trim()
      .split('\r\n')
      .map((line) => line.split(',').slice(0, 4).join(' ')),
    ['kind name host cpu', 'host n1 n1 37.4', 'guest db n1 4', 'guest web n1 120'],
  )
  const json = JSON.parse((await type('top -o json', { socket })).out)
  assert.deepEqual([json.schemaVersion, json.absent, json.guests.length], [1, ['n3'], 3])
  const pt = await type('top', { socket, language: 'pt' })
  assert.match(pt.out, /MEMÓRIA +DISCO LÊ/)
  assert.match(pt.out, /n3 não responde/)
  const wrong = await type('top wbe', { socket })
  assert.equal(wrong.exitCode, 105)
  assert.equal((await type('top --sort size', { socket })).exitCode, 64)
})

test('top on a terminal is drawn until Ctrl-C', async (t) => {
  const daemon = launchedDaemon()
  const socket = await served(t, daemon)
  const stop = new AbortController()
  const seen = (screen: string): void => {
    if (screen.includes('No guest has been measured yet')) stop.abort()
  }
  const { exitCode, out } = await type('top', { socket, terminal: true, interrupted: stop.signal, seen })
  assert.equal(exitCode, 0)
  assert.match(out, /No guest has been measured yet/)
})
