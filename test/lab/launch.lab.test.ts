import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { startWatchedLab, type WatchedLab } from './harness.ts'

const memory = { memoryMib: 112, maxMemoryMib: 112 }
const dns = { name: 'dns', address: '10.77.0.101', services: ['53/dns', '69/udp'], ...memory }
const web = { name: 'web', address: '10.77.0.102', services: ['80/http'], console: true, ...memory }
const app = { name: 'app', address: '10.77.0.103', services: ['22/tcp'], ...memory }
const mule = { name: 'mule', address: '10.77.0.104', services: ['22/tcp'], stubborn: true }

// A guest that a busy machine lets wait for a moment has lost nothing.
const file = `version: 1
defaults: { probe: { timeout: 2s, fall: 4 } }
guests:
  dns:
    address: 10.77.0.101
    services:
      - { port: 53/udp, probe: dns, question: www.example }
      - { port: 69/udp, probe: udp, payload: are you there }
    onPowerOff: leave
  web:
    address: 10.77.0.102
    services: [{ port: 80/tcp, probe: http, path: /status/200, status: 200 }]
    needs: ['dns:53/udp']
    grace: 3s
    backOff: 1s
  app:
    address: { find: [arp] }
    services: [22/tcp]
    memory: { run: 96 MiB }
    needs: ['web:80/tcp']
    backOff: 1s
  mule:
    state: stopped
    services: [22/tcp]
    address: 10.77.0.104
    shutdownLimit: 2s
`

describe('one host with real guests', { timeout: 395_000 }, () => {
  let watched: WatchedLab
  before(async () => {
    watched = await startWatchedLab('lau')
    await watched.define(dns, web, app, mule)
    await watched.daemon.start()
  })
  after(async () => {
    await watched?.stop()
  })

  const firstId = (guest: string, word: string, afterId: number) => watched.firstId(guest, word, afterId)

  /** Until it has answered: what nobody has spoken to is in no table of neighbours, and a boot takes as long as the machine lets it. */
  const spokenTo = (address: string) => watched.host.must('ping', ['-c', '1', '-w', '100', address])

  test('guests start in the order of their needs; UDP, DNS and HTTP are asked as the file says', async () => {
    const mark = await watched.mark()
    await watched.apply(file)
    await watched.phase('web', 'ready')
    // Nobody has spoken to this guest yet, so that the host's table cannot know it.
    await watched.guestThat('app', 'runs', (guest) => guest.run === 'running')
    await spokenTo(app.address)
    const ready = await watched.phase('app', 'ready')
    assert.equal(ready.address, app.address)
    assert.ok((await firstId('dns', 'answers', mark)) < (await firstId('web', 'start', mark)))
    assert.ok((await firstId('web', 'answers', mark)) < (await firstId('app', 'start', mark)))
    const { services } = await watched.guestThat('dns', 'answers on both ports', (guest) =>
      guest.services.every(({ verdict }) => verdict === 'answering'),
    )
    assert.deepEqual(
      services.map(({ key }) => key),
      ['53/udp', '69/udp'],
    )
    assert.equal((await watched.guest('mule')).run, 'stopped')
  })

  test('memory shrinks once the guest is ready, and follows what is said by command', async () => {
    await watched.guestThat('app', 'has 96 MiB', (guest) => guest.memory.givenMib === 96)
    await watched.client.memory('app', 104)
    await watched.guestThat('app', 'has 104 MiB', (guest) => guest.memory.givenMib === 104)
    await assert.rejects(watched.client.memory('app', 4096), { code: 'refused' })
    await watched.client.memory('app', null)
    await watched.guestThat('app', 'has 96 MiB', (guest) => guest.memory.givenMib === 96)
    await watched.guestThat('web', 'has 112 MiB', (guest) => guest.memory.givenMib === 112)
  })

  test('a closed service pauses what needs it at any depth; it resumes in order when the service is back', async () => {
    const mark = await watched.mark()
    await watched.lab.control('dns').close('53/dns')
    await watched.phase('web', 'paused')
    await watched.phase('app', 'paused')
    await watched.lab.control('dns').open('53/dns')
    await watched.allReadyOf('dns', 'web', 'app')
    assert.ok((await firstId('web', 'ready', mark)) < (await firstId('app', 'ready', mark)))
    assert.ok(!(await watched.words('app', mark)).includes('start'))
  })

  test('a hung service is silent, and its guest is restarted when the grace is over', async () => {
    const mark = await watched.mark()
    const pid = watched.qemuPid('web')
    await watched.lab.control('web').hang('80/http')
    await watched.until('web is restarted', async () => (await watched.words('web', mark)).includes('restart'))
    await watched.allReadyOf('web', 'app')
    assert.notEqual(watched.qemuPid('web'), pid)
  })

  test('a guest whose QEMU dies, and one whose kernel panics, is started again', async () => {
    const mark = await watched.mark()
    await watched.killQemu('app')
    await watched.until('app crashed', async () => (await watched.words('app', mark)).includes('crashed'))
    await watched.until('app starts', async () => (await watched.words('app', mark)).includes('start'))
    await spokenTo(app.address)
    await watched.phase('app', 'ready')
    const again = await watched.mark()
    await watched.lab.control('web').crash()
    await watched.until('web crashed', async () => (await watched.words('web', again)).includes('crashed'))
    await watched.allReadyOf('web', 'app')
  })

  test('its serial console is a line both ways, for one person at a time', async () => {
    const line = await watched.client.console('web', false)
    await assert.rejects(watched.client.console('web', false), { code: 'domain-refused' })
    line.write(Buffer.from('who is there\r'))
    let text = ''
    for await (const bytes of line.output) {
      text += String(bytes)
      // The guest's terminal echoes what is typed.
      if (text.includes('who is there')) break
    }
    line.close()
    await watched.phase('web', 'ready')
  })

  test('a guest powered off from inside stays down where its policy says so, until it is launched', async () => {
    const mark = await watched.mark()
    await watched.lab.control('dns').powerOff()
    await watched.phase('dns', 'held-down')
    await firstId('dns', 'powered-off', mark)
    await watched.phase('web', 'paused')
    await watched.client.launch({ guests: ['dns'] })
    await watched.allReadyOf('dns', 'web', 'app')
  })

  test('a stubborn guest is forced down after its limit', async () => {
    await watched.client.launch({ guests: ['mule'] })
    await watched.phase('mule', 'ready')
    const start = performance.now()
    await watched.client.shutdown({ guests: ['mule'] })
    await watched.phase('mule', 'stopped')
    assert.ok(performance.now() - start >= 2_000)
    assert.equal(await watched.domainState('mule'), 'shut off')
  })

  test('shutdown goes in the reverse order', async () => {
    const mark = await watched.mark()
    await watched.client.shutdown({})
    await watched.phase('dns', 'stopped')
    assert.ok((await firstId('app', 'stopped', mark)) < (await firstId('web', 'stop', mark)))
    assert.ok((await firstId('web', 'stopped', mark)) < (await firstId('dns', 'stop', mark)))
    for (const guest of ['dns', 'web', 'app']) assert.equal(await watched.domainState(guest), 'shut off')
  })
})
