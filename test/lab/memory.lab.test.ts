import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { clusterFile } from '../../lab/cluster-file.ts'
import { startWatchedLab, type WatchedLab } from './harness.ts'

const hostMib = 320
const guests = ['one', 'two'].map((name, index) => {
  return { name, address: `10.77.0.${101 + index}`, services: ['22/tcp'], needs: [] }
})

describe('memory that goes by need, of real guests', { timeout: 240_000 }, () => {
  let watched: WatchedLab
  let sampler: NodeJS.Timeout
  let mostGivenMib = 0

  before(async () => {
    watched = await startWatchedLab('mem')
    await watched.daemon.start()
    for (const guest of guests) watched.lab.nameGuest(guest)
    const more = `hosts:\n  h1: { memory: ${hostMib} MiB, reserved: 0 MiB }\n`
    const memory = '{ min: 80 MiB, start: 112 MiB, max: 208 MiB }'
    const console = (name: string) => watched.lab.consoleFile('h1', name)
    await watched.apply(clusterFile(guests, watched.lab.image, console, more, memory))
    await watched.allReadyOf()
    sampler = setInterval(async () => {
      const told = await watched.host.virsh(['domstats', '--balloon']).catch(() => '')
      const given = [...told.matchAll(/balloon\.current=(\d+)/g)].reduce((sum, [, kib]) => sum + Number(kib) / 1024, 0)
      mostGivenMib = Math.max(mostGivenMib, given)
    }, 250)
  })
  after(async () => {
    clearInterval(sampler)
    await watched?.stop()
  })

  const has = (guest: string) =>
    watched.until(`${guest} has what it needs`, async () => {
      const { state } = await watched.lab.control(guest).needed()
      assert.notEqual(state, 'killed')
      return state === 'has'
    })

  test('a guest that needs more is given more while it needs it, and why is told', async () => {
    const before = (await watched.guest('one')).memory.givenMib!
    await watched.lab.control('one').need(80)
    await has('one')
    const { memory } = await watched.guestThat(
      'one',
      'is told to have more',
      (guest) => (guest.memory.targetMib ?? 0) > before + 32,
    )
    assert.equal(memory.because?.code, 'memory-grows')
    assert.ok((await watched.words('one')).includes('memory'))
    const { stdout } = await watched.vigia('why', 'one')
    assert.match(stdout, /^Memory: \d+ MiB; /m)
  })

  test('what it does not need any more goes to the one that does, and the host gives no more than it has', async () => {
    await watched.lab.control('one').need(0)
    await watched.lab.control('two').need(100)
    await has('two')
    await watched.guestThat('two', 'is told to have more', (guest) => (guest.memory.targetMib ?? 0) >= 150)
    const [one, two] = [await watched.lab.control('one').needed(), await watched.lab.control('two').needed()]
    assert.deepEqual([one.kills, two.kills], [0, 0])
    assert.ok(mostGivenMib > 0 && mostGivenMib <= hostMib, `${mostGivenMib} MiB were given`)
  })

  test('an amount said by hand holds until it is given back', async () => {
    await watched.client.memory('one', 96)
    await watched.guestThat(
      'one',
      'has 96 MiB by hand',
      ({ memory }) => memory.givenMib === 96 && memory.because?.code === 'memory-by-hand',
    )
    await watched.client.memory('one', null)
    await watched.guestThat('one', 'goes by its need', ({ memory }) => memory.because?.code !== 'memory-by-hand')
  })
})
