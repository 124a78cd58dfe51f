import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import { compiled, daemonCommand } from '../../bench/build.ts'
import { LabCluster, type LabMember } from '../../lab/cluster.ts'
import type { DefinedGuest } from '../../lab/cluster-file.ts'
import { NeverTwice } from '../../lab/never-twice.ts'
import { goFirst } from '../../lab/priority.ts'
import { markOf } from '../../lab/process-mark.ts'
import { qemuProcesses, whereGuestsRun } from '../../lab/qemu.ts'
import { eventually, sleep, until } from '../../lab/run.ts'
import { scenarioGuests } from '../../lab/scenario.ts'
import { SilenceMeter } from '../../lab/silence.ts'
import type { StatusView } from '../../src/contract/status.ts'
import { noHostWish, noWish } from '../../src/model/wish.ts'

const scenario = join(import.meta.dirname, '../../examples/scenario-b.conf')

/** Nine emulated guests in five waves on a busy machine. */
const launchLimitMs = 240_000

/** A lost guest is found, proven gone, placed, and boots, perhaps behind two others that it needs. */
const recoverLimitMs = 180_000

/** What takes a moment on an idle machine. */
const stepLimitMs = 90_000

/** Long enough that a needless move would have begun: twice the time after which a silent host is suspected. */
const quietMs = 4_000

let cluster: LabCluster
let guests: DefinedGuest[]
let watch: NeverTwice

before(async () => {
  goFirst()
  // As it is installed: a daemon that is started again must be back before it is missed.
  await compiled()
  const program = daemonCommand().at(-1)!
  cluster = await LabCluster.start({ id: `clu${process.pid.toString(36)}`, vigiad: { program } })
  // An echo beside the greeting, for whoever listens how long a guest is silent.
  guests = scenarioGuests(scenario).map((guest) => ({ ...guest, services: [...guest.services, '69/udp'] }))
  watch = new NeverTwice(cluster.lab.hosts)
})

after(async () => {
  watch?.stop()
  await cluster?.stop()
})

describe('three hosts with real guests', { timeout: 590_000 }, () => {
  test('the first host founds the cluster, the others join with a token, all renew', async () => {
    const [first] = cluster.members as [LabMember]
    await first.vigiad.start()
    await first.client.apply({ path: 'alone.yaml', text: cluster.file([], { fence: false }) })
    await first.vigiad.stop()
    await cluster.found()
    await until('the file of the first host is that of the cluster', stepLimitMs, async () => {
      const file = await cluster.members[2]!.client.clusterFile().catch(() => null)
      return file?.path === 'alone.yaml'
    })
    // The one that joined last may still be arming.
    let seen = ''
    const expected = ['h1 true 5000 false', 'h2 true 5000 true', 'h3 true 5000 false', 'one leads'].join('\n')
    await eventually('all members renew and are armed', stepLimitMs, async () => {
      const told = JSON.parse(await cluster.must(cluster.members[1]!, ['cluster', 'members', '-o', 'json'])) as {
        members: { id: string; renews: boolean; leads: boolean; watchdogMs: number | null; self: boolean }[]
      }
      const each = told.members.map(({ id, renews, watchdogMs, self }) => [id, renews, watchdogMs, self].join(' '))
      const leaders = told.members.filter(({ leads }) => leads).length
      seen = [...each, leaders === 1 ? 'one leads' : `${leaders} lead`].join('\n')
      return seen === expected
    }).catch((error: unknown) => assert.fail(`${String(error)}\n${seen}\n${logs()}`))
  })

  test('nine guests start in order over all hosts; any daemon takes the file and tells how they are', async (context) => {
    const started = performance.now()
    await cluster.members[1]!.client.apply({ path: 'vigia.yaml', text: cluster.file(guests) })
    await allReady(cluster.members[2]!, launchLimitMs)
    context.diagnostic(`nine guests ready in ${seconds(performance.now() - started)}`)
    const begun = new Map(
      qemuProcesses(cluster.lab.hosts).map(({ guest, pid }) => [guest, Number(markOf(pid, guest)?.startTicks)]),
    )
    assert.deepEqual([...begun.keys()].sort(), guests.map(({ name }) => name).sort(), logs())
    for (const { name, needs } of guests) {
      for (const need of needs) {
        const [needed = ''] = need.split(':')
        assert.ok(
          begun.get(needed)! < begun.get(name)!,
          `${name} began before ${needed}, which it needs\n${picture().join('\n')}\n${logs()}`,
        )
      }
    }
    assert.equal(new Set([...whereGuestsRun(cluster.lab.hosts).values()].flat()).size, 3)
  })

  test('what each host wrote into its history is told by every host', async () => {
    await eventually('all tell the same', stepLimitMs, async () => {
      const [one, ...others] = await Promise.all(cluster.members.map(told))
      const writers = new Set(one!.map((line) => line.split(' ')[0]))
      return writers.size === 3 && others.every((lines) => lines.join() === one!.join())
    })
  })

  test('a guest is moved live: a client stays connected', async (context) => {
    const guest = guests.at(-1)!
    const [from] = placesOf(guest.name)
    const to = cluster.members.find(({ host }) => host.name !== from)!
    const meter = await SilenceMeter.start(cluster.lab.client.namespace, guest.address)
    const started = performance.now()
    try {
      await cluster.wish(`wish/guest/${guest.name}`, {
        ...noWish,
        ...{ move: { to: to.host.name, how: 'live' }, moveSerial: 1 },
      })
      await until(`${guest.name} runs on ${to.host.name} alone`, stepLimitMs, () => isAt(guest.name, to)).catch(
        withLogs,
      )
      const took = performance.now() - started
      const { kept, longestMs } = await meter.stop()
      context.diagnostic(`moved in ${seconds(took)}, silent for ${Math.round(longestMs)} ms`)
      assert.equal(kept, true)
    } finally {
      meter.leave()
    }
    await allReady(to)
  })

  test('a host whose power is cut: its guests answer elsewhere, and it comes back as one that owns nothing', async (context) => {
    const leader = await cluster.someLeader()
    const victim = cluster.members.find((member) => member !== leader && ownedBy(member).length > 0)!
    await recovered(context, 'power cut', victim, () => victim.host.powerCut())
    await cluster.powerOn(victim)
    await cluster.allRenew(leader)
  })

  test('maintenance moves its guests away, running, and nothing comes until it is over', async (context) => {
    await atRest()
    const member = cluster.members.find((one) => ownedBy(one).length > 0)!
    const pids = new Map(qemuProcesses(cluster.lab.hosts).map(({ guest, pid }) => [guest, pid]))
    const before = ownedBy(member)
    const started = performance.now()
    await cluster.wish(`wish/host/${member.host.name}`, { ...noHostWish, maintenance: true })
    await until(`${member.host.name} is empty`, recoverLimitMs, () => ownedBy(member).length === 0).catch(withLogs)
    context.diagnostic(`${before.length} guests left in ${seconds(performance.now() - started)}`)
    for (const { guest, incoming } of qemuProcesses(cluster.lab.hosts)) {
      // Moved, not started again.
      if (before.includes(guest)) assert.equal(incoming, true, `${guest} was started again\n${logs()}`)
      else if (!incoming) assert.ok(pids.has(guest), guest)
    }
    await allReady(member)
    await sleep(quietMs)
    assert.deepEqual(ownedBy(member), [], `something came while ${member.host.name} was being maintained\n${logs()}`)
    await cluster.wish(`wish/host/${member.host.name}`, { ...noHostWish, maintenance: false })
    await atRest()
    const back = before.filter((guest) => isAt(guest, member))
    context.diagnostic(`${back.length} of ${before.length} guests came back afterwards`)
  })

  test('the daemon that leads is killed and started again at once: somebody leads, nothing moves', async (context) => {
    const before = await atRest()
    const leader = await cluster.someLeader()
    const life = (await cluster.stored('leader'))?.life
    const killed = performance.now()
    await leader.vigiad.kill()
    await leader.vigiad.start()
    context.diagnostic(`the daemon answers again after ${seconds(performance.now() - killed)}`)
    await until('a new life leads', stepLimitMs, async () => {
      const now = (await cluster.stored('leader'))?.life
      return now !== undefined && now !== life
    }).catch(withLogs)
    context.diagnostic(`a new life leads after ${seconds(performance.now() - killed)}`)
    await sleep(quietMs)
    assert.ok(leader.host.isOn, `${leader.host.name} has lost its power\n${logs()}`)
    assert.deepEqual(picture(), before, logs())
    await allReady(leader)
  })

  test('the member of etcd that leads is killed: nothing moves, nobody loses power', async (context) => {
    const before = await atRest()
    const leader = await cluster.someEtcdLeader()
    await leader.etcd.kill()
    const killed = performance.now()
    await until('another member of etcd leads', stepLimitMs, async () => (await cluster.etcdLeader()) !== undefined)
    context.diagnostic(`another member of etcd leads after ${seconds(performance.now() - killed)}`)
    await sleep(2 * quietMs)
    nobodyLostPower()
    assert.deepEqual(picture(), before, logs())
    await leader.etcd.start()
    await leader.etcd.ready()
    nobodyLostPower()
    await allReady(cluster.members.find((member) => member !== leader)!)
  })

  test('all of etcd is gone and a daemon is killed meanwhile: nothing moves, nobody loses power, and a wish comes true afterwards', async (context) => {
    const before = await atRest()
    await Promise.all(cluster.members.map(({ etcd }) => etcd.kill()))
    // Fed by renewals no longer, but because the others cannot renew either.
    await sleep(quietMs)
    const { vigiad } = cluster.members[1]!
    const killed = performance.now()
    await vigiad.kill()
    await vigiad.start()
    context.diagnostic(`the daemon answers again after ${seconds(performance.now() - killed)}`)
    // Longer than what its predecessor had allowed lasts, and the watchdog.
    await sleep(4 * quietMs)
    nobodyLostPower()
    assert.deepEqual(picture(), before, logs())
    await Promise.all(cluster.members.map(({ etcd }) => etcd.start()))
    await Promise.all(cluster.members.map(({ etcd }) => etcd.ready()))
    const back = performance.now()
    await allReady(cluster.members[1]!)
    const { name } = guests.at(-1)!
    const { client } = cluster.members[1]!
    const phase = async () => (await client.guest(name)).guest.phase.kind
    // Said once more where the store was away again for a moment: a wish is the same however often it is said.
    await eventually('the wish is taken', stepLimitMs, () => client.pause(name).then(() => true))
    await eventually(`${name} is paused`, stepLimitMs, async () => (await phase()) === 'paused').catch(withLogs)
    await eventually('the wish is taken', stepLimitMs, () => client.resume(name).then(() => true))
    await allReady(cluster.members[1]!)
    context.diagnostic(`a guest paused and resumed ${seconds(performance.now() - back)} after the store was back`)
    assert.deepEqual(picture(), before, logs())
  })

  test('a host without a network and out of reach of fencing: its watchdog takes its power, then its guests start elsewhere', async (context) => {
    const leader = await cluster.someLeader()
    const victim = cluster.members.find((member) => member !== leader && ownedBy(member).length > 0)!
    cluster.fence.modes.set(victim.host.name, 'dead')
    await recovered(context, 'network cut', victim, async () => {
      await victim.host.setLink('down')
      await victim.watchdog?.tookPower(stepLimitMs)
    })
    cluster.fence.modes.clear()
    await cluster.powerOn(victim)
    await cluster.allRenew(leader)
  })

  test('no guest has ever run twice', () => {
    assert.ok(watch.looks > 100, `only ${watch.looks} looks`)
    assert.deepEqual(watch.seen, [], logs())
  })
})

/** Waits until what ran on this host answers elsewhere; says how long it took. */
async function recovered(
  context: TestContext,
  what: string,
  victim: LabMember,
  lose: () => Promise<void>,
): Promise<void> {
  const lost = ownedBy(victim)
  const others = cluster.members.filter((member) => member !== victim)
  const begun = performance.now()
  const losing = lose()
  // Waited for below; what is waited for before may fail first.
  losing.catch(() => undefined)
  const startedMs = new Map<string, number>()
  const answersMs = new Map<string, number>()
  await until(`${lost.join(', ')} answer elsewhere`, recoverLimitMs, async () => {
    for (const guest of lost) {
      const elsewhere = placesOf(guest).some((host) => others.some((other) => other.host.name === host))
      if (!elsewhere || answersMs.has(guest)) continue
      if (!startedMs.has(guest)) startedMs.set(guest, performance.now() - begun)
      const { address } = guests.find(({ name }) => name === guest)!
      const { verdict } = await cluster.lab.client.tcp(address, 22, 200)
      if (verdict === 'answered') answersMs.set(guest, performance.now() - begun)
    }
    return answersMs.size === lost.length
  }).catch(withLogs)
  await losing
  for (const guest of lost) {
    context.diagnostic(
      `${what}: ${guest} begins after ${seconds(startedMs.get(guest)!)}, answers after ${seconds(answersMs.get(guest)!)}`,
    )
  }
  await allReady(others[0]!)
}

async function allReady({ client, host }: LabMember, limitMs = recoverLimitMs): Promise<void> {
  let seen: StatusView | null = null
  try {
    await eventually(`all ready, as ${host.name} tells`, limitMs, async () => {
      seen = await client.status()
      return seen.guests.length === guests.length && seen.guests.every(({ phase }) => phase.kind === 'ready')
    })
  } catch (error) {
    const told = (seen as StatusView | null)?.guests.map(
      ({ id, phase, because, host: at }) => `${id} ${at} ${JSON.stringify(phase)} ${JSON.stringify(because)}`,
    )
    throw new Error(`${String(error)}\n${told?.join('\n')}\n${logs()}`, { cause: error })
  }
}

function nobodyLostPower(): void {
  const lost = cluster.members.filter(({ host, watchdog }) => !host.isOn || watchdog?.fired)
  assert.deepEqual(
    lost.map(({ host, watchdog }) => `${host.name} lost its power${watchdog?.fired ? ', its watchdog fired' : ''}`),
    [],
    logs(),
  )
}

function placesOf(guest: string): string[] {
  return whereGuestsRun(cluster.lab.hosts).get(guest) ?? []
}

function isAt(guest: string, { host }: LabMember): boolean {
  const places = placesOf(guest)
  return places.length === 1 && places[0] === host.name
}

function ownedBy({ host }: LabMember): string[] {
  return [...whereGuestsRun(cluster.lab.hosts)].flatMap(([guest, places]) =>
    places.includes(host.name) ? [guest] : [],
  )
}

/** Each guest with its process: the same later means that nothing was moved, and nothing started again. */
function picture(): string[] {
  return qemuProcesses(cluster.lab.hosts).map(({ guest, host, pid }) => `${guest} ${host} ${pid}`)
}

/** The picture, once nobody is on the way and nothing has changed for a while. */
async function atRest(): Promise<string[]> {
  let last = picture()
  let since = performance.now()
  const rest = until('every guest stays at one place', 120_000, () => {
    const now = picture()
    if (now.join() !== last.join() || new Set(now.map((line) => line.split(' ')[0])).size !== now.length) {
      last = now
      since = performance.now()
    }
    return performance.now() - since >= quietMs
  })
  await rest.catch(withLogs)
  return last
}

function logs(): string {
  return cluster.lastWords()
}

function withLogs(error: unknown): never {
  throw new Error(`${String(error)}\n${picture().join('\n')}\n${logs()}`, { cause: error })
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`
}

/** Of a host's whole history, who wrote what of whom and when, sorted: copies come in another order. */
async function told({ client }: LabMember): Promise<string[]> {
  const { events } = await client.events({ words: 'ready,answers,daemon-started' })
  return events.map(({ at, host, word, guest, service }) => [host, word, guest, service, at].join(' ')).sort()
}
