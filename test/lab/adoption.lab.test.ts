import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { parseClusterFile } from '../../src/model/file/parse-cluster-file.ts'
import { startWatchedLab, type WatchedLab, waitLimitMs } from './harness.ts'

const db = { name: 'db', address: '10.77.0.101', services: ['22/tcp'] }
const web = { name: 'web', address: '10.77.0.102', services: ['80/http'] }
const mail = { name: 'mail', address: '10.77.0.103', services: ['25/tcp'] }
const guests = ['db', 'web', 'mail']

// A guest that a busy machine lets wait for a moment has lost nothing: what refuses is found at once all the same.
const file = `version: 1
defaults: { probe: { timeout: 5s, fall: 5 } }
guests:
  db:
    address: 10.77.0.101
    services: [22/tcp]
  web:
    address: 10.77.0.102
    services: [80/tcp]
    needs: ['db:22/tcp']
  mail:
    address: 10.77.0.103
    services: [25/tcp]
    needs: ['web:80/tcp']
`

describe('a daemon that comes to running guests', { timeout: 390_000 }, () => {
  let watched: WatchedLab
  before(async () => {
    watched = await startWatchedLab('ado')
    await watched.define(db, web, mail)
    await watched.host.virsh(['autostart', 'web'])
    for (const guest of guests) await watched.host.virsh(['start', guest])
    for (const { address, services } of [db, web, mail]) {
      const { verdict } = await watched.lab.client.wait(address, Number.parseInt(services[0] ?? '', 10), waitLimitMs)
      assert.equal(verdict, 'answered', address)
    }
  })
  after(async () => {
    await watched?.stop()
  })

  const pids = (): number[] => guests.map((guest) => watched.qemuPid(guest))

  test('import drafts a good cluster file from them, without a daemon', async () => {
    const expected = [db, mail, web].map(({ name, address, services }) => [
      name,
      { kind: 'fixed', address },
      services.map((word) => word.replace('http', 'tcp')),
    ])
    // A port that answers late is not in the draft, and a neighbour is forgotten after a while: both are asked again.
    await watched.until('a draft of them as they are', async () => {
      for (const { address } of [db, web, mail]) await watched.host.must('ping', ['-c', '1', '-w', '60', address])
      const { status, stdout, stderr } = await watched.vigia('import', '--ports', '22,25,80,443')
      assert.equal(status, 0, stderr)
      const drafted = parseClusterFile({ path: 'vigia.yaml', text: stdout, readFile: () => ({ reason: 'ENOENT' }) })
      assert.ok(drafted.ok, stdout)
      assert.deepEqual(
        drafted.spec.guests.map(({ id, address, services }) => [id, address, services.map(({ key }) => key)]),
        expected,
        stdout,
      )
      assert.match(stdout, /web:\n(?: +#.*\n)* +# libvirt starts it at boot/)
      return true
    })
  })

  test('takes them as they are: nothing is started, nothing paused', async () => {
    const before = pids()
    await watched.daemon.start()
    const applied = await watched.apply(file)
    assert.deepEqual(applied.autostarting, ['web'])
    await watched.allReadyOf()
    for (const guest of guests) {
      await watched.firstId(guest, 'adopt', 0)
      const words = await watched.words(guest)
      for (const word of ['start', 'pause', 'stop', 'restart']) assert.ok(!words.includes(word), `${guest}: ${word}`)
    }
    assert.deepEqual(pids(), before)
  })

  test('libvirt does not start them by itself any more, and the history says so', async () => {
    const autostarting = () => watched.host.virsh(['list', '--all', '--autostart', '--name'])
    await watched.until('autostart of web is off', async () => (await autostarting()).trim() === '')
    await watched.until('it is told', async () => (await watched.words('web')).includes('autostart-off'))
    assert.ok(!(await watched.words('db')).includes('autostart-off'))
  })

  test('doctor finds nothing that fails', async () => {
    let stdout = ''
    await watched.until('doctor finds nothing that fails', async () => {
      const well = await watched.vigia('doctor')
      stdout = well.stdout
      assert.equal(well.status, 0, `${stdout}${well.stderr}`)
      return true
    })
    assert.match(stdout, /^PASS {2}web: libvirt does not start web by itself$/m)
    let found = ''
    await watched.until('doctor finds autostart on', async () => {
      // vigiad may have looked, and put it right, before doctor did.
      await watched.host.virsh(['autostart', 'db'])
      const ill = await watched.vigia('doctor')
      found = ill.stdout
      return ill.status === 1
    })
    assert.match(found, /^FAIL {2}db: libvirt starts db by itself at boot, out of order\n +"virsh autostart/m)
    // vigiad sees it with its next look, and puts it right.
    await watched.until('autostart of db is off', async () => (await watched.vigia('doctor')).status === 0)
  })

  test('killed and started again, it goes on: wishes, a pause by hand and the history are intact', async () => {
    await watched.client.pause('mail')
    await watched.phase('mail', 'paused')
    await watched.client.watch('web', false)
    const [before, mark] = [pids(), await watched.mark()]
    await watched.daemon.kill()
    await watched.daemon.start()
    await watched.guestThat('db', 'is seen', (guest) => guest.run === 'running' && guest.phase.kind === 'ready')
    // What an eager daemon would do wrong, it would do now.
    await delay(2_000)
    await watched.phase('mail', 'paused')
    assert.equal((await watched.guest('mail')).pausedByHand, true)
    assert.equal((await watched.guest('web')).watch, false)
    for (const guest of guests) {
      const words = await watched.words(guest, mark)
      for (const word of ['start', 'pause', 'resume', 'stop', 'restart'])
        assert.ok(!words.includes(word), `${guest}: ${word}\n${watched.log.slice(-4_000)}`)
    }
    assert.deepEqual(pids(), before)
    assert.ok((await watched.events('mail')).some(({ id, word }) => id <= mark && word === 'pause'))
    await watched.client.watch('web', true)
    await watched.client.resume('mail')
    await watched.allReadyOf()
  })

  test('a service lost while nobody watched is found lost', async () => {
    await watched.daemon.kill()
    await watched.lab.control('db').close('22/tcp')
    await watched.daemon.start()
    await watched.phase('mail', 'paused')
    await watched.phase('web', 'paused')
    await watched.lab.control('db').open('22/tcp')
    await watched.allReadyOf()
  })

  test('killed at moments of a launch, it ends as wished, and no guest is started twice', async () => {
    for (const momentMs of [200, 1_500, 4_500]) {
      await watched.client.shutdown({})
      for (const guest of guests) await watched.phase(guest, 'stopped')
      const starts = guests.map((guest) => watched.starts(guest))
      await watched.client.launch({})
      await delay(momentMs)
      await watched.daemon.kill()
      await watched.daemon.start()
      await watched.allReadyOf()
      assert.deepEqual(
        guests.map((guest) => watched.starts(guest)),
        starts.map((count) => count + 1),
        `killed ${momentMs} ms into the launch`,
      )
    }
  })

  test('libvirtd killed and back: guests untouched, the daemon carries on', async () => {
    const [before, mark] = [pids(), await watched.mark()]
    await watched.host.killLibvirtd()
    await watched.until('the loss is told', async () => {
      return (await watched.events(undefined, mark)).some(({ word }) => word === 'hypervisor-lost')
    })
    await watched.host.startLibvirtd()
    await watched.until('the return is told', async () => {
      return (await watched.events(undefined, mark)).some(({ word }) => word === 'hypervisor-back')
    })
    await watched.allReadyOf()
    assert.deepEqual(pids(), before)
    for (const guest of guests) {
      const words = await watched.words(guest, mark)
      for (const word of ['start', 'pause', 'stop', 'restart', 'adopt'])
        assert.ok(!words.includes(word), `${guest}: ${word}\n${watched.log.slice(-4_000)}`)
    }
  })

  test('libvirtd killed in the middle of a launch: it ends as wished all the same', async () => {
    await watched.client.shutdown({})
    for (const guest of guests) await watched.phase(guest, 'stopped')
    const starts = guests.map((guest) => watched.starts(guest))
    await watched.client.launch({})
    await watched.until('db starts', async () => (await watched.guest('db')).phase.kind === 'starting')
    await watched.host.killLibvirtd()
    await delay(500)
    await watched.host.startLibvirtd()
    await watched.allReadyOf()
    // libvirt itself ends a guest that was not up when it died: that one is started a second time.
    for (const [index, guest] of guests.entries()) {
      const times = watched.starts(guest) - (starts[index] ?? 0)
      assert.ok(times === 1 || (guest === 'db' && times === 2), `${guest}: ${times} starts`)
    }
  })
})
