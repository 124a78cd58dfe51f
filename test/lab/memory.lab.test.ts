import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { clusterFile } from '../../lab/cluster-file.ts'
import { startWatchedLab, type WatchedLab } from './harness.ts'

const hostMib = 320
const guests = ['one', 'two'].map((name, index) => {
  return { name, address: `10.77.0.${101 + index}`, services: ['22/tcp'], needs: [] }
})

describe('memory that goes by need, of real guests', { timeout: 395_000 }, () => {
  let watched: WatchedLab
  let sampler: NodeJS.Timeout
  let mostToldMib = 0

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
      const status = await watched.client.status().catch(() => null)
      const told = (status?.guests ?? []).reduce((sum, { memory }) => sum + (memory.targetMib ?? 0), 0)
      mostToldMib = Math.max(mostToldMib, told)
    }, 200)
  })
  after(async () => {
    clearInterval(sampler)
    await watched?.stop()
  })

  const has = (guest: string) =>
    watched.until(`${guest} has what it needs`, async () => {
      // Busy with taking memory it may be late with its answer; what it told of a kill it tells again.
      const { state } = await watched.lab.control(guest).needed()
      assert.notEqual(state, 'killed')
      return state === 'has'
    })

  /** By libvirt, of all guests together. */
  const givenMib = async (): Promise<number> => {
    const told = await watched.host.virsh(['domstats', '--balloon'])
    return [...told.matchAll(/balloon\.current=(\d+)/g)].reduce((sum, [, kib]) => sum + Number(kib) / 1024, 0)
  }

  test('a guest that needs more is told to have more, and why is told', async () => {
    await watched.lab.control('one').need(100)
    await has('one')
    await watched.guestThat('one', 'is told to have more', ({ memory }) => (memory.targetMib ?? 0) >= 160)
    await watched.firstId('one', 'memory', 0)
    const { stdout } = await watched.vigia('why', 'one')
    assert.match(stdout, /^Memory: \d+ MiB; /m)
  })

  test('what it does not need any more goes to the one that does, and the host gives no more than it has', async () => {
    await watched.lab.control('one').need(0)
    await watched.lab.control('two').need(100)
    await has('two')
    await watched.guestThat('two', 'is told to have more', ({ memory }) => (memory.targetMib ?? 0) >= 160)
    // What its balloon took by itself meanwhile was given back by the other.
    await watched.until('no more is given than there is', async () => (await givenMib()) <= hostMib)
    const kills = await Promise.all(guests.map(async ({ name }) => (await watched.lab.control(name).needed()).kills))
    assert.deepEqual(kills, [0, 0])
    assert.ok(mostToldMib > 0 && mostToldMib <= hostMib, `${mostToldMib} MiB were promised`)
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
