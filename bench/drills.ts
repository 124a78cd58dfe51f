import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { HostBoots } from '../lab/boots.ts'
import type { LabCluster } from '../lab/cluster.ts'
import type { Disturbance, DrillMeasure } from '../src/model/drill.ts'
import { onCluster } from './cluster-stage.ts'
import type { RunOptions } from './run-options.ts'
import { labAddress } from './stage.ts'

/** As much as the work of 2009 downloaded: 102 MB. */
export const TRANSFER_BYTES = 102_000_000

/** That work sent 200 000; an emulated guest on shared cores answers so many in about the same time. */
const REQUESTS = 20_000

/** MiB a second for each migration: so that it takes less time than the download that it is to disturb. */
export const MIGRATION_MIB = 64

/** More than the command itself waits. */
const LAUNCH_LIMIT_MS = 200_000

/** A whole drill, with the boots of hosts that it waits for. */
const DRILL_LIMIT_MS = 7_200_000

/** What one call of `vigia drill run` measures. */
export interface DrillPart {
  readonly measure: DrillMeasure
  readonly during: readonly Disturbance[]
}

/** One after the other, so that an interruption costs one of them. */
export const drillParts: readonly DrillPart[] = [
  { measure: 'downtime', during: ['nothing', 'reboot', 'cold-move', 'live-migration'] },
  { measure: 'transfer', during: ['nothing', 'live-migration'] },
  { measure: 'load', during: ['nothing', 'live-migration'] },
  { measure: 'downtime', during: ['power-cut'] },
]

/** Of `vigia drill run -o json`, what is read here. */
export interface DrillJson {
  readonly groups: readonly DrillGroupJson[]
  readonly stopped: { readonly code: string } | null
  readonly restore: { readonly kind: string }
}

export interface DrillGroupJson {
  readonly measure: DrillMeasure
  readonly during: Disturbance
  readonly runs: number
  readonly ofBaseline: number | null
  readonly uncovered: number
  readonly figures: readonly {
    readonly name: string
    readonly values: readonly number[]
    readonly summary: {
      readonly mean: number | null
      readonly deviation: number | null
      readonly margin: number | null
    }
  }[]
}

const web = { name: 'web', address: labAddress(0), services: ['22/tcp', '80/http'], needs: [] }

/** The command itself, as anybody would type it, on three hosts with real guests; measured from the host that is never drilled. */
export async function drills(
  options: RunOptions,
  parts: readonly DrillPart[],
  runs: number,
  done: (report: DrillJson) => void,
): Promise<void> {
  await onCluster({ id: 'bdrill', say: options.say }, async (cluster) => {
    const boots = new HostBoots(cluster)
    try {
      await launched(cluster)
      for (const part of parts) done(await drilled(cluster, part, runs, options))
    } finally {
      await boots.stop()
    }
  })
}

async function launched(cluster: LabCluster): Promise<void> {
  const [first] = cluster.members
  const file = join(cluster.lab.sharedFolder, 'vigia.yaml')
  const rules = '[{ kind: hosts, guests: [web], hosts: { h2: 1, h3: 1 }, strict: true }]'
  const settings = `{ migrationBandwidth: ${MIGRATION_MIB} MiB }`
  writeFileSync(file, cluster.file([web], { settings, rules, drills: '{ production: false }' }))
  await cluster.must(first!, ['apply', file])
  const { status, stderr } = await cluster.vigia(first!, ['launch', '--timeout', '3min'], {
    timeoutMs: LAUNCH_LIMIT_MS,
  })
  if (status !== 0) throw new Error(`the guest could not be launched: ${stderr}`)
}

async function drilled(
  cluster: LabCluster,
  { measure, during }: DrillPart,
  runs: number,
  { say, quick }: RunOptions,
): Promise<DrillJson> {
  const [first] = cluster.members
  const words = [
    ...[
      'drill',
      'run',
      'web',
      '-o',
      'json',
      '--measure',
      measure,
      '--during',
      during.join(','),
      '--runs',
      String(runs),
    ],
    ...['--path', `/bytes/${TRANSFER_BYTES}`, '--requests', String(quick ? REQUESTS / 10 : REQUESTS)],
  ]
  say(`drills: ${measure} during ${during.join(', ')}, ${runs} runs`)
  const { status, stdout, stderr } = await cluster.vigia(first!, words, { timeoutMs: DRILL_LIMIT_MS })
  if (stdout === '') throw new Error(`vigia ${words.join(' ')}: ${status} ${stderr}`)
  const report = JSON.parse(stdout) as DrillJson
  if (report.stopped !== null || report.restore.kind !== 'restored')
    throw new Error(`a drill ended early: ${JSON.stringify(report.stopped)} ${JSON.stringify(report.restore)}`)
  return report
}
