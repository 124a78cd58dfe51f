import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { LogTails, timeOf } from '../../bench/peers/pacemaker/log.ts'
import { type CibOptions, cib, corosyncConf } from '../../bench/peers/pacemaker/settings.ts'

const hosts = [1, 2, 3].map((number) => ({ name: `h${number}`, number, address: `10.77.0.${number}` }))

test('lines of Corosync and of Pacemaker begin with their time, to the millisecond', () => {
  const now = new Date(2026, 10, 26)
  const corosync = 'Nov 26 10:05:07.042 [3141] h1 corosync notice  [QUORUM] Members[2]: 1 3'
  const pacemaker =
    'Nov  6 10:05:07.042 h1 pacemaker-controld  [3150] (te_rsc_command) notice: Requesting local execution'
  assert.equal(timeOf(corosync, now), new Date(2026, 10, 26, 10, 5, 7, 42).getTime())
  assert.equal(timeOf(pacemaker, now), new Date(2026, 10, 6, 10, 5, 7, 42).getTime())
  assert.equal(timeOf('  a line that goes on', now), null)
})

test('only what is written to a log afterwards counts, the first of all files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigia-peer-log-'))
  try {
    const files = ['a', 'b', 'not-there-yet'].map((name) => join(folder, name))
    writeFileSync(files[0]!, 'Nov 26 10:00:00.000 start of web1\n')
    writeFileSync(files[1]!, '')
    const tails = new LogTails(files)
    assert.equal(tails.firstAt(/start of web1/), null)
    appendFileSync(files[0]!, 'Nov 26 10:00:09.000 start of web1\n')
    appendFileSync(files[1]!, 'Nov 26 10:00:05.500 start of web1\nNov 26 10:00:05.600 start of web1\n')
    const year = new Date().getFullYear()
    assert.equal(tails.firstAt(/start of web1/), new Date(year, 10, 26, 10, 0, 5, 500).getTime())
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('the token is named only where it is not the default', () => {
  assert.doesNotMatch(corosyncConf(hosts, null, '/log'), /token/)
  assert.match(corosyncConf(hosts, 1_000, '/log'), /^ {2}token: 1000$/m)
  assert.equal(corosyncConf(hosts, null, '/log').match(/nodeid: [123]/g)?.length, 3)
})

test('needs become orders, homes become places, each host has a fence device', () => {
  const guests: CibOptions['guests'] = [
    { name: 'db', address: '10.77.0.101', port: 22, needs: [], home: 'h2' },
    { name: 'web', address: '10.77.0.102', port: 22, needs: ['db'] },
  ]
  const file = (guest: string): string => `/guests/${guest}`
  const fence = { agent: 'fence_lab', socket: '/fence.sock' }
  const xml = cib({ hosts, guests, fence, role: 'Stopped', domainFile: file, checkFile: file })
  assert.equal(xml.match(/<rsc_order [^>]*first="db" then="web"/g)?.length, 1)
  assert.equal(xml.match(/<rsc_order /g)?.length, 1)
  assert.equal(xml.match(/<rsc_location [^>]*rsc="db" node="h2"/g)?.length, 1)
  assert.equal(xml.match(/<rsc_location /g)?.length, 1)
  assert.equal(xml.match(/class="stonith" type="fence_lab"/g)?.length, 3)
  assert.match(xml, /id="defaults-target-role" name="target-role" value="Stopped"/)
})
