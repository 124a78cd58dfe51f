import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { GuestSummary } from '../../src/contract/status.ts'
import { startWatchedLab, type WatchedLab, waitLimitMs } from './harness.ts'

const address = '10.77.0.101'
const memory = { memoryMib: 96, maxMemoryMib: 96 }
const db = { name: 'db', address, services: ['22/tcp'], ...memory }
const app = { name: 'app', address: '10.77.0.102', services: ['22/tcp'], ...memory }

// What refuses is found at once; a guest that a busy machine lets wait for a moment has lost nothing, and boots in its own time.
const file = `version: 1
defaults: { probe: { timeout: 5s, fall: 5 } }
guests:
  db:
    address: ${address}
    services: [22/tcp]
    standby: spare
    grace: 1s
    restarts: 0
    bootLimit: 40s
  spare:
    address: ${address}
    services: [22/tcp]
  app:
    address: 10.77.0.102
    services: [22/tcp]
    needs: ['db:22/tcp']
`

describe('a standby on real guests, a clone with the same MAC and address', { timeout: 395_000 }, () => {
  let watched: WatchedLab
  let whole: string
  let sampler: NodeJS.Timeout
  const samples = { all: 0, both: 0 }
  const define = async (name: string, xml: string) => {
    const path = join(watched.host.folder, `${name}-anew.xml`)
    writeFileSync(path, xml)
    await watched.host.virsh(['define', path])
  }
  const runs = (guest: string) => existsSync(join(watched.host.folder, 'run', 'libvirt', 'qemu', `${guest}.pid`))

  before(async () => {
    watched = await startWatchedLab('std')
    await watched.define(db, app)
    whole = await watched.host.virsh(['dumpxml', '--inactive', 'db'])
    const clone = whole.replace(/<uuid>.*<\/uuid>/, '').replace('<name>db</name>', '<name>spare</name>')
    await define('spare', clone.replaceAll('db.log', 'spare.log'))
    await watched.daemon.start()
    sampler = setInterval(() => {
      samples.all += 1
      if (runs('db') && runs('spare')) samples.both += 1
    }, 20)
  })
  after(async () => {
    clearInterval(sampler)
    await watched?.stop()
  })

  const firstId = (guest: string, word: string, afterId: number) => watched.firstId(guest, word, afterId)

  test('it is kept down while its guest is well', async () => {
    await watched.apply(file)
    await watched.allReadyOf('db', 'app')
    const spare = await watched.phase('spare', 'stopped')
    assert.deepEqual(spare.because, { code: 'standby', first: 'db' })
    assert.equal(watched.starts('spare'), 0)
  })

  test('a service that does not come back with a restart: the standby takes the place, and what needs it goes on', async () => {
    const mark = await watched.mark()
    const pid = watched.qemuPid('app')
    // From its next start on the guest offers nothing.
    await define('db', whole.replace('vigia.services=22/tcp', 'vigia.services='))
    await watched.lab.control('db').close('22/tcp')
    await watched.phase('app', 'paused')
    // The boot limit of the one, and the boot of the other.
    await watched.phase('spare', 'ready', 2 * waitLimitMs)
    await watched.phase('app', 'ready')
    assert.equal(watched.qemuPid('app'), pid)
    const isReplaced = (guest: GuestSummary): boolean => guest.because.code === 'replaced'
    const first = await watched.guestThat('db', 'is replaced', isReplaced)
    assert.equal(first.replacedBy, 'spare')
    assert.equal(await watched.domainState('db'), 'shut off')
    assert.ok((await firstId('db', 'failed', mark)) < (await firstId('spare', 'start', mark)))
    const told = await watched.vigia('why', 'db')
    assert.match(told.stdout, /spare stands in for it; given up after 1 try/)
    assert.match(told.stdout, /22\/tcp did not answer within 40 s/)
  })

  test('a daemon that was killed leaves it there, and the next one changes nothing', async () => {
    const mark = await watched.mark()
    await watched.daemon.kill()
    await watched.daemon.start()
    await watched.phase('spare', 'ready')
    await watched.phase('app', 'ready')
    const decided = (await watched.events(undefined, mark)).filter(({ actor }) => actor === 'leader')
    assert.deepEqual(
      decided.map(({ word, guest }) => `${word} ${guest}`),
      [],
      watched.log.slice(-4_000),
    )
  })

  test('mended and cleared, the guest has its place again', async () => {
    await define('db', whole)
    const mark = await watched.mark()
    const cleared = await watched.vigia('clear', 'db')
    assert.equal(cleared.status, 0, cleared.stderr)
    await watched.phase('db', 'ready')
    await watched.phase('app', 'ready')
    const spare = await watched.phase('spare', 'stopped')
    assert.equal(spare.because.code, 'standby')
    assert.ok((await firstId('spare', 'stopped', mark)) < (await firstId('db', 'start', mark)))
    await firstId('app', 'resume', mark)
  })

  test('the two never ran at once', () => {
    assert.ok(samples.all > 100, `only ${samples.all} looks`)
    assert.equal(samples.both, 0)
  })
})
