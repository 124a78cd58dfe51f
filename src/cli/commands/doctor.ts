import type { Client } from '../../client/client.ts'
import { RemoteFault } from '../../client/client.ts'
import type { DoctorCheck } from '../../contract/doctor.ts'
import { exitCodeOf, exitCodes } from '../../contract/exit-codes.ts'
import { schemaVersion } from '../../contract/protocol.ts'
import type { FaultData, FaultDetails } from '../../model/fault.ts'
import { faultData } from '../../model/fault.ts'
import type { CommandInput } from '../command.ts'
import type { CliContext } from '../context.ts'
import { doctorLines } from '../doctor-lines.ts'
import { show } from '../output.ts'

/** One check a line. What can be told without the daemon is told without it. */
export async function run(context: CliContext, _: CommandInput): Promise<number> {
  const { checks: told, fault } = await askDaemon(context)
  const own = await context.powers.hostChecks?.({ socketPath: context.socketPath, daemonAnswers: fault === null })
  const checks = [...told, ...(own ?? [])]
  const failed = checks.some(({ result }) => result === 'fail')
  const exitCode = fault !== null ? exitCodeOf(fault.code) : failed ? exitCodes.failed : exitCodes.ok
  await show(context, {
    data: { schemaVersion, checks },
    lines: () => doctorLines(context, checks),
    rows: () => [
      ['check', 'result', 'subject', 'details', 'fault'],
      ...checks.map(({ id, result, subject, details, fault }) => [
        id,
        result,
        subject,
        JSON.stringify(details),
        fault?.code ?? null,
      ]),
    ],
  })
  return exitCode
}

/** The fault that kept it from answering; null when it did. */
async function askDaemon(context: CliContext): Promise<{ checks: DoctorCheck[]; fault: FaultData | null }> {
  const client = await context.client()
  try {
    const { version } = await client.status()
    const answers = check('daemon', 'pass', { version, socket: context.socketPath })
    const other = { daemon: version, command: context.version }
    const versions = version === context.version ? [] : [check('version', 'warn', other)]
    return { checks: [answers, ...versions, ...(await withDaemon(client))], fault: null }
  } catch (error) {
    const fault = faultData(error)
    return { checks: [check('daemon', 'fail', {}, fault)], fault }
  }
}

async function withDaemon(client: Client): Promise<DoctorCheck[]> {
  const { faults } = await client.ready()
  const ready =
    faults.length === 0 ? [check('ready', 'pass', {})] : faults.map((fault) => check('ready', 'fail', {}, fault))
  return [...ready, await cluster(client), ...(await client.doctor()).checks]
}

async function cluster(client: Client): Promise<DoctorCheck> {
  try {
    return check('cluster', 'pass', { file: (await client.clusterFile()).path })
  } catch (error) {
    if (error instanceof RemoteFault && error.details.why === 'no-cluster-file') return check('cluster', 'warn', {})
    // The store is away: what else the daemon can tell is wanted all the more.
    return check('cluster', 'fail', {}, faultData(error))
  }
}

function check(
  id: string,
  result: DoctorCheck['result'],
  details: FaultDetails,
  fault: FaultData | null = null,
): DoctorCheck {
  return { id, result, subject: null, details, fault }
}
