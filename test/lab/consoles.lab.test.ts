import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import WebSocket from 'ws'
import { compiled, daemonCommand } from '../../bench/build.ts'
import { LabCluster, type LabMember } from '../../lab/cluster.ts'
import type { DefinedGuest } from '../../lab/cluster-file.ts'
import { whereGuestsRun } from '../../lab/qemu.ts'
import { eventually, found, until } from '../../lab/run.ts'
import type { ConsoleKind } from '../../src/contract/metrics.ts'

const launchLimitMs = 180_000
const stepLimitMs = 90_000

/** Two measurements, and one to spare. */
const measuredLimitMs = 120_000

const web: DefinedGuest = {
  ...{ name: 'web', address: '10.77.0.101', services: ['22/tcp'], needs: [], memoryMib: 96, screen: true },
}

let cluster: LabCluster
/** The guest's host, and another. */
let at: LabMember
let elsewhere: LabMember

before(async () => {
  await compiled()
  const program = daemonCommand().at(-1)!
  cluster = await LabCluster.start({ id: `con${process.pid.toString(36)}`, watchdogs: false, vigiad: { program } })
})

after(async () => {
  await cluster?.stop()
})

/** What a browser does: a ticket, then the WebSocket. Collects what comes. */
async function open(by: LabMember, kind: ConsoleKind) {
  const { ticket, path } = await by.client.consoleTicket('web', { kind })
  const socket = new WebSocket(`ws+unix:${by.vigiad.socket}:${path}?ticket=${ticket}`)
  const got = { text: '', code: 0, reason: '' }
  socket.on('message', (bytes) => {
    got.text += (bytes as Buffer).toString('latin1')
  })
  socket.on('close', (code, reason) => {
    got.code = code
    got.reason = String(reason)
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve())
    socket.once('error', reject)
  })
  return { socket, got }
}

describe('a guest looked at through another host', { timeout: 390_000 }, () => {
  test('three hosts, and a guest with a screen on one of them', async () => {
    await cluster.found()
    const [first] = cluster.members as [LabMember]
    await first.client.apply({ path: 'vigia.yaml', text: cluster.file([web], { fence: false }), force: true })
    await eventually('web answers', launchLimitMs, async () => {
      const { guests } = await first.client.status()
      return guests[0]?.phase.kind === 'ready'
    })
    const host = await found('web runs', stepLimitMs, async () => whereGuestsRun(cluster.lab.hosts).get('web')?.[0])
    at = cluster.members.find((member) => member.host.name === host)!
    elsewhere = cluster.members.find((member) => member.host.name !== host)!
  })

  test('its screen greets as VNC does, here and there, and several may look', async () => {
    const seen = await Promise.all([open(elsewhere, 'vnc'), open(elsewhere, 'vnc'), open(at, 'vnc')])
    for (const { socket, got } of seen) {
      await until('the greeting of VNC', stepLimitMs, () => got.text.startsWith('RFB 003.'))
      // The version of the protocol is taken; the server then says what it asks of a client: one kind of access, none.
      socket.send(got.text.slice(0, 12))
      await until('the kinds of access', stepLimitMs, () => got.text.length >= 14)
      assert.deepEqual([...Buffer.from(got.text.slice(12, 14), 'latin1')], [1, 1])
      socket.close()
      await until('the end', stepLimitMs, () => got.code !== 0)
    }
  })

  test('its XML tells the same everywhere, and what it is', async () => {
    const [here, there] = await Promise.all([at.client.guestXml('web'), elsewhere.client.guestXml('web')])
    assert.equal(here, there)
    assert.match(here, /<name>web<\/name>/)
    assert.match(here, /<graphics type='vnc' port='59\d\d'/)
  })

  test('its figures are the same everywhere', async () => {
    const historyOf = async (by: LabMember, subject: string) => by.client.metricsHistory({ subject, range: 'hour' })
    // Each is measured at times of its own, and a member that answers late for once is told as absent.
    await eventually('two measurements of everything', measuredLimitMs, async () => {
      const now = await elsewhere.client.metricsNow()
      assert.deepEqual([now.hosts.length, now.absent], [3, []])
      const [guest] = now.guests
      assert.equal(guest?.host, at.host.name)
      for (const name of ['cpu', 'memory-given', 'memory-used', 'disk-read', 'net-receive', 'net-send']) {
        assert.ok(guest!.figures[name] !== null, `${name} is not known`)
      }
      for (const subject of ['guest:web', `host:${at.host.name}`, 'service:web/22']) {
        const view = await historyOf(elsewhere, subject)
        assert.ok(
          view.series[0]!.values.some((value) => value !== null && value > 0),
          `${subject}: nothing is known`,
        )
        assert.deepEqual(view.absent, [], subject)
      }
      return true
    })
  })

  test('its serial console tells of its end, and ends with it', async () => {
    const { got } = await open(elsewhere, 'serial')
    await at.client.shutdown({ guests: ['web'] })
    await until('the last word of its kernel', stepLimitMs, () => /reboot: Power down/.test(got.text))
    await until('the end of the line', stepLimitMs, () => got.code !== 0)
    assert.equal(got.code, 1_000)
  })

  test('a guest that is down has no console, and says so', async () => {
    await until('web is down', stepLimitMs, () => !whereGuestsRun(cluster.lab.hosts).has('web'))
    // Its process is gone a moment before libvirt forgets it.
    await eventually('libvirt has forgotten it', stepLimitMs, async () => {
      const { got } = await open(elsewhere, 'vnc')
      await until('the refusal', stepLimitMs, () => got.code !== 0)
      assert.deepEqual([got.code, got.reason.includes('"code":"domain-missing"')], [4_000, true], got.reason)
      return true
    })
  })
})
