import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { LabCluster } from '../../lab/cluster.ts'
import { whereGuestsRun } from '../../lab/qemu.ts'
import { eventually, sleep, until } from '../../lab/run.ts'
import { scenarioGuests } from '../../lab/scenario.ts'

const scenario = join(import.meta.dirname, '../../examples/scenario-b.conf')

interface Told {
  readonly event: string
  readonly id: string
  readonly host: string | null
  readonly guest?: string
  readonly from?: string
}

let cluster: LabCluster

before(async () => {
  cluster = await LabCluster.start({ id: `hoo${process.pid.toString(36)}` })
  await cluster.found()
})

after(async () => {
  await cluster?.stop()
})

test('a host loses its power: the program on the host that leads hears of its fencing, then of the failover', async (context) => {
  const guest = scenarioGuests(scenario)[0]!
  const [program, file] = [join(cluster.lab.sharedFolder, 'hook'), join(cluster.lab.sharedFolder, 'told')]
  // All hosts see this folder; which of them ran it is in its own words.
  writeFileSync(program, `#!/bin/sh\necho "$(hostname) $(cat)" >> ${file}\n`, { mode: 0o755 })
  const text = cluster.file([guest], { settings: `{ hook: ${program} }` })
  const placeOf = (): string | undefined => whereGuestsRun(cluster.lab.hosts).get(guest.name)?.[0]
  await cluster.members[0]!.client.apply({ path: 'vigia.yaml', text })
  await until('the guest runs', 180_000, () => placeOf() !== undefined)
  assert.equal(existsSync(file) ? readFileSync(file, 'utf8') : '', '', 'all is well')

  // Who leads next must have seen it renew: of one that it never saw, it cannot know whether it was there (S15).
  for (const { client, host } of cluster.members) {
    await eventually(`all members are online, as ${host.name} tells`, 90_000, async () => {
      const { hosts } = await client.status()
      return hosts.length === 3 && hosts.every(({ member }) => member?.standing === 'online')
    })
  }
  await sleep(3_000)
  const victim = cluster.member(placeOf()!)
  const began = performance.now()
  await victim.host.powerCut()
  const told = (): { by: string; call: Told }[] => {
    const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
    return lines.map((line) => ({
      by: line.slice(0, line.indexOf(' ')),
      call: JSON.parse(line.slice(line.indexOf(' ') + 1)) as Told,
    }))
  }
  await until('the failover is told', 180_000, () => told().some(({ call }) => call.event === 'failover')).catch(
    (error: unknown) => assert.fail(`${String(error)}\n${JSON.stringify(told())}\n${cluster.lastWords()}`),
  )
  context.diagnostic(`told of the failover after ${((performance.now() - began) / 1_000).toFixed(1)} s`)
  const calls = told().filter(({ call }) => call.event !== 'waiting')
  assert.deepEqual(
    [...new Set(calls.map(({ call }) => call.event))],
    ['fence', 'failover'],
    `in this order: ${JSON.stringify(calls)}`,
  )
  const failover = calls.find(({ call }) => call.event === 'failover')!.call
  assert.deepEqual([failover.guest, failover.from], [guest.name, victim.host.name])
  assert.notEqual(failover.host, victim.host.name)
  assert.ok(calls.every(({ by }) => by !== victim.host.name))
})
