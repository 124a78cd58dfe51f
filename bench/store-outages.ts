import { LabCluster, type LabMember } from '../lab/cluster.ts'
import { sleep, until } from '../lab/run.ts'
import { defaultSettings } from '../src/model/cluster.ts'
import { compiled, daemonCommand } from './build.ts'
import { milliseconds, nowNs } from './daemon.ts'
import { allReady, atRest, webs } from './failover.ts'
import { exactly, type Figure, figure, type Measured } from './figures.ts'
import { Quiet, type QuietTime } from './quiet.ts'
import type { RunOptions } from './run-options.ts'
import { BOOT_LIMIT_MS, DOWN_LIMIT_MS, Stage } from './stage.ts'
import { largest } from './statistics.ts'

const guests = webs()

/** What is done to the store: to a member of it that follows, to the one that leads, or to all. */
export type StoreFault =
  | 'follower-killed'
  | 'leader-killed'
  | 'follower-paused'
  | 'leader-paused'
  | 'leader-stalled'
  | 'follower-slow'
  | 'leader-slow'
  | 'disk-full'
  | 'all-gone'

export const storeFaults: readonly StoreFault[] = [
  ...(['follower-killed', 'leader-killed', 'follower-paused', 'leader-paused', 'leader-stalled'] as const),
  ...(['follower-slow', 'leader-slow', 'disk-full', 'all-gone'] as const),
]

export interface StoreOutage extends QuietTime {
  readonly fault: StoreFault
  readonly seconds: number
  /** Afterwards: a guest is shut down and launched again, by command; until its service answers. Milliseconds. */
  readonly wishMs: number
  /** Only of `leader-stalled`: a lease was kept alive by it while it could write nothing. */
  readonly keptAlive?: boolean
  /** Only of `all-gone`: a daemon was killed in the middle and answered its clients again after so long, milliseconds. */
  readonly daemonBackMs?: number
}

const faultSeconds = [30, 12] as const
const allGoneSeconds = [300, 60] as const

/** What such a fault sets off late would come within this. */
const AFTER_MS = 15_000

/** So much of a second that a slow member works. */
const SLOW = { stoppedMs: 200, runsMs: 50 } as const

const DISK_MIB = 400

const CLIENT_PORT = 2379

/** etcd writes its journal ahead in pieces of 64 MiB: only the next piece finds the disk full. */
const filling = { values: 14, bytes: 6_000_000 } as const
const FILL_LIMIT_MS = 120_000

/** Three hosts with a guest each and an etcd over all three, to which one fault after the other happens. */
export async function storeOutages(
  options: RunOptions,
  left: readonly StoreFault[],
  done: (one: StoreOutage) => void,
): Promise<void> {
  await compiled()
  const vigiad = { program: daemonCommand().at(-1)!, args: ['--deeds-file', '/run/vigia/deeds'] }
  const id = `bstore${process.pid.toString(36)}`
  const cluster = await LabCluster.start({ id, vigiad, etcdDiskMib: DISK_MIB, onStep: options.say })
  const stop = Stage.closing(() => cluster.stop())
  try {
    await cluster.found()
    for (const [index, fault] of left.entries()) {
      await atRest(cluster, 'watchdog', defaultSettings.leaseMs, guests)
      const one = await oneOutage(cluster, fault, options.quick)
      done(one)
      // What follows on a broken stage would say nothing.
      if (Number.isNaN(one.wishMs)) return
      const verdict = one.wrong.length === 0 ? 'nothing moved' : `WRONG: ${one.wrong.join('; ')}`
      const figures = `longest silence ${one.longestSilenceMs.toFixed(0)} ms, a wish after ${one.wishMs.toFixed(0)} ms`
      options.say(`store: ${index + 1} of ${left.length}, ${fault} for ${one.seconds} s: ${verdict}, ${figures}`)
    }
  } finally {
    await stop()
  }
}

async function oneOutage(cluster: LabCluster, fault: StoreFault, quick: boolean): Promise<StoreOutage> {
  const seconds = (fault === 'all-gone' ? allGoneSeconds : faultSeconds)[quick ? 1 : 0]
  const quiet = new Quiet(cluster, guests)
  let time: QuietTime
  let more: Partial<StoreOutage> = {}
  const errors: string[] = []
  try {
    more = await befall(cluster, fault, seconds * 1_000)
    await sleep(AFTER_MS)
  } catch (error) {
    errors.push((error as Error).message)
  } finally {
    time = await quiet.stop()
  }
  const wrong = [...time.wrong, ...errors]
  const wishMs = wrong.length === 0 ? await wishComesTrue(cluster) : Number.NaN
  return { ...time, ...more, wrong, fault, seconds, wishMs }
}

async function befall(cluster: LabCluster, fault: StoreFault, forMs: number): Promise<Partial<StoreOutage>> {
  if (fault === 'all-gone') return allGone(cluster, forMs)
  const leader = await etcdLeader(cluster)
  const member = fault.startsWith('leader') ? leader : cluster.members.find((one) => one !== leader)!
  const { etcd } = member
  switch (fault) {
    case 'follower-killed':
    case 'leader-killed':
      await etcd.kill()
      await sleep(forMs)
      await etcd.start()
      break
    case 'follower-paused':
    case 'leader-paused':
      etcd.pause()
      await sleep(forMs).finally(() => etcd.resume())
      break
    case 'follower-slow':
    case 'leader-slow':
      await slowed(member, forMs)
      break
    case 'disk-full':
      await diskFull(cluster, member, forMs)
      break
    case 'leader-stalled': {
      const lease = await lasting(member)
      const stalled = etcd.stallDisk(forMs)
      await sleep(forMs / 2)
      const keptAlive = await keepsAlive(member, lease)
      await stalled
      await etcd.ready()
      return { keptAlive }
    }
  }
  await etcd.ready()
  return {}
}

async function slowed({ etcd }: LabMember, forMs: number): Promise<void> {
  const until = performance.now() + forMs
  try {
    while (performance.now() < until) {
      etcd.pause()
      await sleep(SLOW.stoppedMs)
      etcd.resume()
      await sleep(SLOW.runsMs)
    }
  } finally {
    etcd.resume()
  }
}

async function diskFull(cluster: LabCluster, { host, etcd }: LabMember, forMs: number): Promise<void> {
  await etcd.fillDisk()
  const other = cluster.members.find((one) => one.host !== host)!
  const { values, bytes } = filling
  const program = `
    const key = Buffer.from('filler').toString('base64')
    for (let n = 0; n < ${values}; n++) {
      const value = require('node:crypto').randomBytes(${bytes}).toString('base64')
      await fetch('http://127.0.0.1:${CLIENT_PORT}/v3/kv/put', { method: 'POST', body: JSON.stringify({ key, value }) })
        .catch(() => {})
    }`
  const script = `(async () => {${program}})()`
  await other.host.must(process.execPath, ['-e', script], { timeoutMs: FILL_LIMIT_MS })
  await until('end of the etcd whose disk is full', FILL_LIMIT_MS, () => !etcd.isRunning)
  await sleep(forMs)
  await etcd.freeDisk()
  await etcd.start()
}

/** All members of etcd are killed; in the middle a daemon is, too, and started again as its unit would. */
async function allGone(cluster: LabCluster, forMs: number): Promise<Partial<StoreOutage>> {
  await Promise.all(cluster.members.map(({ etcd }) => etcd.kill()))
  await sleep(forMs / 2)
  const { vigiad } = cluster.members[1]!
  const killed = nowNs()
  await vigiad.kill()
  await vigiad.start()
  const daemonBackMs = milliseconds(killed, nowNs())
  await sleep(forMs / 2)
  await Promise.all(cluster.members.map(({ etcd }) => etcd.start()))
  await Promise.all(cluster.members.map(({ etcd }) => etcd.ready()))
  return { daemonBackMs }
}

/** By command, on whichever daemon: down, and up again. */
async function wishComesTrue(cluster: LabCluster): Promise<number> {
  const { client } = cluster.members.at(-1)!
  const { name, address } = guests[0]!
  const began = nowNs()
  const phase = async (): Promise<string> => (await client.guest(name)).guest.phase.kind
  await client.shutdown({ guests: [name] })
  await until(`${name} stopped`, DOWN_LIMIT_MS, async () => (await phase()) === 'stopped')
  await client.launch({ guests: [name] })
  await cluster.lab.client.wait(address, 22, BOOT_LIMIT_MS)
  const took = milliseconds(began, nowNs())
  await allReady(cluster, guests.length)
  return took
}

async function etcdLeader(cluster: LabCluster): Promise<LabMember> {
  let found: LabMember | undefined
  await until('a leader of etcd', BOOT_LIMIT_MS, async () => {
    found = await cluster.etcdLeader()
    return found !== undefined
  })
  return found!
}

/** A lease of etcd that outlasts the fault. */
async function lasting(member: LabMember): Promise<string> {
  const { ID } = (await asked(member, '/v3/lease/grant', { TTL: '600' }))!
  return ID!
}

async function keepsAlive(member: LabMember, ID: string): Promise<boolean> {
  const answer = await asked(member, '/v3/lease/keepalive', { ID })
  return Number(answer?.result?.TTL ?? 0) > 0
}

interface LeaseAnswer {
  readonly ID?: string
  readonly result?: { readonly TTL?: string }
}

/** This member of etcd alone, asked on its own host. Null: no answer. */
async function asked({ host }: LabMember, path: string, body: object): Promise<LeaseAnswer | null> {
  const request = `fetch('http://127.0.0.1:${CLIENT_PORT}${path}', { method: 'POST', body: '${JSON.stringify(body)}', signal: AbortSignal.timeout(3000) })`
  const program = `${request}.then((answer) => answer.text()).then((text) => process.stdout.write(text), () => {})`
  const { stdout } = await host.run(process.execPath, ['-e', program])
  return stdout === '' ? null : (JSON.parse(stdout) as LeaseAnswer)
}

const faultWords: Readonly<Record<StoreFault, string>> = {
  'follower-killed': 'a member of etcd killed',
  'leader-killed': "etcd's leader killed",
  'follower-paused': 'a member of etcd paused',
  'leader-paused': "etcd's leader paused",
  'leader-stalled': "etcd's leader can write nothing",
  'follower-slow': 'a member of etcd that works a fifth of the time',
  'leader-slow': "etcd's leader works a fifth of the time",
  'disk-full': 'the disk of a member of etcd is full',
  'all-gone': 'all of etcd killed, a daemon killed in the middle',
}

export function storeFigures(parts: readonly StoreOutage[]): Measured {
  const each = parts.flatMap(({ fault, seconds, wrong, longestSilenceMs, wishMs }): Figure[] => {
    const common = { n: 1 } as const
    const what = `${faultWords[fault]}, ${seconds} s`
    return [
      figure({
        ...common,
        name: `store.${fault}.wrong`,
        what: `${what}: guests moved, restarted or paused, hosts lost`,
        unit: 'count',
        value: wrong.length,
        limit: exactly(0),
      }),
      figure({
        ...common,
        name: `store.${fault}.silence`,
        what: '  longest time without an answer of a service',
        unit: 'ms',
        value: longestSilenceMs,
        limit: { kind: 'below', value: SILENCE_LIMIT_MS },
      }),
      figure({
        ...common,
        name: `store.${fault}.wish`,
        what: '  afterwards: down and up by command',
        unit: 's',
        value: wishMs / 1_000,
      }),
    ]
  })
  const stalled = parts.filter(({ keptAlive }) => keptAlive !== undefined)
  const back = parts.flatMap(({ daemonBackMs }) => daemonBackMs ?? [])
  const more = [
    figure({
      name: 'store.stalled-keepalives',
      what: 'a lease kept alive by a leader that can write nothing',
      unit: 'count',
      value: stalled.filter(({ keptAlive }) => keptAlive).length,
      n: stalled.length,
    }),
    ...(back.length === 0
      ? []
      : [
          figure({
            name: 'store.daemon-back',
            what: 'a daemon killed while there is no store answers its clients again',
            unit: 'ms',
            value: largest(back),
            n: back.length,
          }),
        ]),
  ]
  return { figures: [...each, ...more], details: { parts }, notes }
}

/** A guest is emulated, and shares two cores with two others and three hosts; one that is not there is silent for far longer. */
const SILENCE_LIMIT_MS = 5_000

const notes = [
  'Three hosts with a guest each, each host with an armed watchdog and no fence device, an etcd over all three, its data on a disk of its own on each host.',
  'From before each fault until 15 s after it: no request to libvirt, no other QEMU process, every host has power, each guest is asked every 0.2 s.',
]
