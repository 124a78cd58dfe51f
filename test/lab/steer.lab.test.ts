import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import { LabCluster, type LabMember } from '../../lab/cluster.ts'
import { qemuProcesses, whereGuestsRun } from '../../lab/qemu.ts'
import { eventually, until } from '../../lab/run.ts'
import { scenarioGuests } from '../../lab/scenario.ts'
import { paths } from '../../src/contract/protocol.ts'

/** A path and no address: what listens in the lab is reached from outside of it, and nothing else is. */
const place = '/run/vigia/people.sock'
const startLimitMs = 120_000
const scenario = join(import.meta.dirname, '../../examples/scenario-b.conf')

/** An emulated guest on a busy machine. */
const launchLimitMs = 240_000
const moveLimitMs = 120_000

let cluster: LabCluster

before(async () => {
  cluster = await LabCluster.start({
    ...{ id: `ste${process.pid.toString(36)}`, hosts: 2, watchdogs: false },
    vigiad: { args: ['--listen', place] },
  })
  await cluster.found()
})

after(() => cluster?.stop())

const socketOf = ({ host }: LabMember) => join(host.runFolder, 'people.sock')
const identityFile = ({ host }: LabMember, name: string) => readFileSync(join(host.stateFolder, 'ca', name), 'utf8')

function handshake(member: LabMember, settings: ConnectionOptions): Promise<TLSSocket | string> {
  return new Promise((resolve) => {
    const socket = connect({ path: socketOf(member), ...settings }, () => resolve(socket))
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
  })
}

function asked(member: LabMember, path: string, ca: string): Promise<{ status: number; text: string }> {
  const agent = new Agent({ ca, servername: member.host.name })
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath: socketOf(member), path, agent, ca, servername: member.host.name }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (piece: string) => {
        text += piece
      })
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
    })
    sent.on('error', reject)
    sent.end()
  })
}

describe('listeners of a cluster', { timeout: 400_000 }, () => {
  test('each member shows what the authority of the cluster signed for it, and whoever trusts that is answered', async () => {
    const authority = identityFile(cluster.members[0]!, 'authority.crt')
    const shown = new Map<string, string>()
    for (const member of cluster.members) {
      const { name } = member.host
      await until(`answer of ${name} over the network`, startLimitMs, async () => {
        const socket = await handshake(member, { ca: authority, servername: name })
        if (typeof socket === 'string') return false
        shown.set(name, socket.getPeerX509Certificate()?.toString() ?? '')
        assert.equal(socket.authorized, true)
        socket.destroy()
        return true
      })
      const certificate = new X509Certificate(shown.get(name)!)
      assert.ok(
        certificate.verify(new X509Certificate(authority).publicKey),
        'signed by the authority of the first member',
      )
      assert.equal(certificate.checkHost(name), name)
      assert.equal(certificate.toString(), new X509Certificate(identityFile(member, 'member.crt')).toString())
      assert.equal((await asked(member, paths.alive, authority)).status, 200)
      assert.equal((await asked(member, paths.status, authority)).status, 401)
    }
    assert.equal(new Set(shown.values()).size, 2, 'each has its own')
  })

  test('who does not trust the authority, or looks for another host, is not connected', async () => {
    const [first] = cluster.members as [LabMember]
    const authority = identityFile(first, 'authority.crt')
    assert.equal(await handshake(first, { servername: first.host.name }), 'SELF_SIGNED_CERT_IN_CHAIN')
    assert.equal(
      await handshake(first, { ca: authority, servername: 'somewhere.example' }),
      'ERR_TLS_CERT_ALTNAME_INVALID',
    )
  })
})

describe('a live move', { timeout: 600_000 }, () => {
  test('tells what it has copied, and ends by cancelling its task at any member: the same process runs on where it was', async () => {
    const [first, second] = cluster.members as [LabMember, LabMember]
    const guest = scenarioGuests(scenario)[0]!
    // So slowly that there is something to take back.
    await first.client.apply({
      path: 'vigia.yaml',
      // Nobody is lost here, and a host that a busy machine keeps waiting must not be.
      text: cluster.file([guest], { fence: false, settings: '{ migrationBandwidth: 1 MiB }' }),
      force: true,
    })
    await eventually('the guest is ready', launchLimitMs, async () => {
      const { guests } = await first.client.status()
      return guests[0]?.phase.kind === 'ready'
    })
    const here = () => whereGuestsRun(cluster.lab.hosts).get(guest.name)
    const [from] = here()!
    const to = cluster.members.find(({ host }) => host.name !== from)!
    const before = qemuProcesses(cluster.lab.hosts).map(({ pid }) => pid)
    const { task } = await first.client.migrate({ guests: [guest.name], to: to.host.name })
    assert.ok(task !== null)
    const read = async () => (await first.client.task(task)).task
    await eventually('some of it is copied', moveLimitMs, async () => ((await read()).progress.bytes?.done ?? 0) > 0)
    const { progress, cancellable } = await read()
    assert.ok(progress.bytes !== null && progress.bytes.done < progress.bytes.total, JSON.stringify(progress))
    assert.equal(cancellable, true)
    // Known there too, a moment later.
    await eventually('the other member knows the task', moveLimitMs, async () => {
      const { tasks } = await second.client.tasks()
      return tasks.some(({ id, cancellable: can }) => id === task && can)
    })
    await second.client.cancelTask(task)
    await eventually('the task is over', moveLimitMs, async () => (await read()).state !== 'running')
    assert.equal((await read()).state, 'cancelled', cluster.lastWords())
    // The half of it that waited there ends a moment later.
    await until('nothing is left of it', moveLimitMs, () => qemuProcesses(cluster.lab.hosts).length === 1)
    assert.deepEqual(here(), [from])
    assert.deepEqual(
      qemuProcesses(cluster.lab.hosts).map(({ pid }) => pid),
      before,
    )
    await eventually('it is told', moveLimitMs, async () => {
      const { events } = await first.client.events({ guest: guest.name, limit: '50' })
      return events.some(({ word }) => word === 'move-cancelled')
    })
  })
})
