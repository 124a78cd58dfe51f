import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { LabCluster, type LabMember } from '../lab/cluster.ts'
import type { DefinedGuest } from '../lab/cluster-file.ts'
import { whereGuestsRun } from '../lab/qemu.ts'
import { eventually, until } from '../lab/run.ts'
import { scenarioGuests } from '../lab/scenario.ts'
import type { StatusView } from '../src/contract/status.ts'
import { compiled, daemonCommand } from './build.ts'
import { type Deed, deedsIn } from './daemon.ts'
import { root } from './machine.ts'
import { BOOT_LIMIT_MS, removeOrphans, Stage } from './stage.ts'

/** Nine emulated guests that wait for each other, on a machine with other work. */
const READY_LIMIT_MS = 3 * BOOT_LIMIT_MS

export interface ClusterStageOptions {
  /** A few letters; the process number is added, so that two runs never meet. */
  readonly id: string
  readonly say: (line: string) => void
}

/** Three hosts with the daemon as it is installed, founded and joined; taken down again however `work` ends. */
export async function onCluster<Result>(
  { id, say }: ClusterStageOptions,
  work: (cluster: LabCluster) => Promise<Result>,
): Promise<Result> {
  await compiled()
  await removeOrphans(id)
  const [, ...words] = daemonCommand()
  const vigiad = { program: words.at(-1)!, nodeOptions: words.slice(0, -1), args: ['--deeds-file', '/run/vigia/deeds'] }
  const cluster = await LabCluster.start({ id: `${id}${process.pid.toString(36)}`, vigiad, onStep: say })
  const stop = Stage.closing(() => cluster.stop())
  try {
    await cluster.found()
    return await work(cluster)
  } catch (error) {
    // The lab is taken down, and all that could explain it is gone then.
    for (const line of lastWords(cluster)) say(line)
    throw error
  } finally {
    await stop()
  }
}

/** What each host's daemon said last, and what became of the powers. */
function lastWords({ members, fence }: LabCluster): string[] {
  const asked = `fence device was asked: ${fence.asked.slice(-10).join(', ')}`
  return [
    asked,
    ...members.flatMap(({ host, vigiad, watchdog }) => {
      const dog = watchdog?.lines().at(-1)?.word
      const said = existsSync(vigiad.logFile) ? readFileSync(vigiad.logFile, 'utf8').trim().split('\n').slice(-8) : []
      return [`${host.name}: ${host.isOn ? 'on' : 'off'}, its watchdog last: ${dog}`, ...said.map((one) => `  ${one}`)]
    }),
  ]
}

/** The nine guests of scenario B, with what each of them serves and needs. */
export function scenarioB(): DefinedGuest[] {
  return scenarioGuests(join(root, 'examples', 'scenario-b.conf'))
}

/** Resolves when so many guests are known, and all of them ready. */
export async function allGuestsReady(cluster: LabCluster, count: number): Promise<void> {
  await follow(
    cluster,
    'all guests ready',
    ({ guests }) => guests.length === count && guests.every(({ phase }) => phase.kind === 'ready'),
  )
}

export async function allGuestsStopped(cluster: LabCluster): Promise<void> {
  await follow(cluster, 'all guests stopped', ({ guests }) => guests.every(({ phase }) => phase.kind === 'stopped'))
  await until('no QEMU left', BOOT_LIMIT_MS, () => whereGuestsRun(cluster.lab.hosts).size === 0)
}

/** Asked of the first member: it must have power. */
async function follow(cluster: LabCluster, what: string, wanted: (view: StatusView) => boolean): Promise<void> {
  const [first] = cluster.members
  await eventually(what, READY_LIMIT_MS, async () => wanted(await first!.client.status()), 200)
}

/** Requests to libvirt on all hosts since `sinceNs`, in order of time. */
export function deedsOn(members: readonly LabMember[], sinceNs: bigint): Deed[] {
  return members
    .flatMap(({ host }) => deedsIn(join(host.runFolder, 'deeds'), sinceNs))
    .sort((a, b) => Number(a.atNs - b.atNs))
}
