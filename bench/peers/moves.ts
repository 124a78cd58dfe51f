import type { LabHost } from '../../lab/host.ts'
import { sleep, until } from '../../lab/run.ts'
import { SilenceMeter } from '../../lab/silence.ts'
import type { Move } from '../migration.ts'
import type { Grounds } from './grounds.ts'

const MOVE_LIMIT_MS = 60_000

/** Before each: what a move before it left to do is done. */
const REST_MS = 3_000

type Way = (from: LabHost, there: LabHost, guest: string) => Promise<unknown>

/** By Vigia's own interface, as its command line uses it. The guests are at rest. */
export function oursMoves(grounds: Grounds): Promise<Move> {
  return moved(grounds, (_, there, guest) => grounds.client.migrate({ guests: [guest], to: there.name }))
}

/** By Pacemaker's command. It is brought home again afterwards. */
export async function peerMoves(grounds: Grounds): Promise<Move> {
  const { peer } = grounds
  await peer.settled(true)
  await sleep(REST_MS)
  const command = ['--resource', grounds.guests[0]!.name]
  const one = await moved(grounds, (_, there) => peer.ask('crm_resource', [...command, '--move', '--node', there.name]))
  await peer.ask('crm_resource', [...command, '--clear'])
  return one
}

/** By libvirt's own command, on hosts that nobody has; there and back, the way back is measured: both hosts have done it once then. */
export async function movesByHand(grounds: Grounds): Promise<Move> {
  const way: Way = (from, there, guest) => {
    const how = ['--live', '--p2p', '--migrateuri', `tcp://${there.name}`]
    return from.must('virsh', ['-q', 'migrate', ...how, guest, `qemu+tcp://${there.name}/system`])
  }
  await moved(grounds, way)
  await sleep(REST_MS)
  return moved(grounds, way)
}

/** The first guest goes to another host, while a client listens. It is there when it runs on that host alone. */
async function moved(grounds: Grounds, way: Way): Promise<Move> {
  const { name, address } = grounds.guests[0]!
  const [place] = grounds.placesOf(name)
  const from = grounds.hosts.find((host) => host.name === place)!
  const there = grounds.hosts.find((host) => host !== from)!
  const meter = await SilenceMeter.start(grounds.cluster.lab.client.namespace, address)
  const start = performance.now()
  try {
    await way(from, there, name)
    await until(`${name} on ${there.name} alone`, MOVE_LIMIT_MS, () => grounds.placesOf(name).join() === there.name)
  } catch (error) {
    await meter.stop()
    throw error
  }
  const tookMs = performance.now() - start
  // A silence at the very end is one as well.
  await sleep(500)
  return { tookMs, ...(await meter.stop()) }
}
