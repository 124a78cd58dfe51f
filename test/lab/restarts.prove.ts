import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { compiled, daemonCommand } from '../../bench/build.ts'
import { LabCluster, type LabMember } from '../../lab/cluster.ts'
import { type Lab, startLab } from '../../lab/lab.ts'
import { until } from '../../lab/run.ts'
import { LabVigiad } from '../../lab/vigiad.ts'

/** `VIGIA_RESTARTS` for more. */
const restarts = Number(process.env.VIGIA_RESTARTS ?? 12)

/** A start is over by then. */
const startMs = 2_000

/** A daemon that never lives to renew has its host's power taken in the end: it is let live now and then. */
const inARow = 2

describe('killed again and again while it starts, vigiad starts all the same', { timeout: 600_000 }, () => {
  let program: string
  before(async () => {
    await compiled()
    program = daemonCommand().at(-1)!
  })

  test('alone', async () => {
    let lab: Lab | undefined
    try {
      lab = await startLab({ id: `rsl${process.pid.toString(36)}` })
      const daemon = new LabVigiad(lab.hosts[0]!, { program })
      for (let count = 0; count < restarts; count++) await daemon.startAndKill(Math.random() * startMs)
      await daemon.start()
    } finally {
      await lab?.stop()
    }
  })

  describe('a member of a cluster, with a watchdog that goes on being fed', () => {
    let cluster: LabCluster
    before(async () => {
      cluster = await LabCluster.start({ id: `rsc${process.pid.toString(36)}`, vigiad: { program } })
      await cluster.found()
      await until('somebody leads', 30_000, async () => (await cluster.leader()) !== undefined)
    })
    after(() => cluster?.stop())

    test('and it renews again each time; nobody loses power', async () => {
      const member = (await cluster.leader()) ?? (cluster.members[0] as LabMember)
      const key = `alive/${member.host.name}`
      let life = (await cluster.stored(key))?.life
      await member.vigiad.kill()
      for (let count = 1; count <= restarts; count++) {
        // What is left of the lease is for the starts that come to nothing.
        await member.vigiad.startAndKill((Math.random() * startMs) / inARow)
        if (count % inARow !== 0) continue
        await member.vigiad.start()
        await until('its new life renews', 20_000, async () => {
          const alive = await cluster.stored(key)
          return alive !== undefined && alive.life !== life && alive.armed !== null
        })
        life = (await cluster.stored(key))?.life
        if (count < restarts) await member.vigiad.kill()
      }
      assert.ok(cluster.members.every(({ host, watchdog }) => host.isOn && watchdog?.fired === false))
      await until('all renew', 30_000, async () => (await cluster.vigia(member, ['cluster', 'members'])).status === 0)
    })
  })
})
