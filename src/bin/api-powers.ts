import type { AccessPowers } from '../api/access/powers.ts'
import type { ApiPowers, CheckedFile, ClusterFileSource } from '../api/powers.ts'
import { proveDevices } from '../control/prove-device.ts'
import type { FaultData } from '../model/fault.ts'
import { parseClusterFile } from '../model/file/parse-cluster-file.ts'
import type { HostId } from '../model/ids.ts'
import type { Log } from '../ports/log.ts'
import type { Daemon } from './daemon.ts'
import { examine } from './examine.ts'
import { packageVersion } from './package-version.ts'
import { within } from './within.ts'

/** A person waits for the answer to `apply`: a hypervisor that is slow just now must not hold it up. */
const autostartLimitMs = 1_000

/** What this daemon gives its API. */
export function apiPowers(daemon: Daemon, log: Log, access: AccessPowers): ApiPowers {
  const { leader, store, history, host, clock, fencer } = daemon
  let play: ReturnType<typeof import('./what-if.ts')['createWhatIf']> | null = null
  return {
    version: packageVersion(),
    host,
    snapshot: () => leader.snapshot(),
    subscribe: (listener) => leader.subscribe(listener),
    store,
    history,
    clock,
    log,
    access,
    checkFile: async (source) => checkFile(source),
    autostarting: () => within(autostartLimitMs, daemon.hypervisor.autostarting()).catch(() => null),
    guestsOf: daemon.guestsOf,
    ...(fencer !== null && {
      testFence: (of: HostId, takePower: boolean) => proveDevices(fencer, clock, of, { takePower }),
    }),
    whatIf: async (lose) => {
      // Loaded with the first question: most daemons are never asked.
      play ??= (await import('./what-if.ts')).createWhatIf()
      return play(leader.snapshot(), lose)
    },
    times: daemon.times,
    troubles: () => troubles(daemon),
    examine: () => examine(daemon),
  }
}

function troubles(daemon: Daemon): FaultData[] {
  const { observations } = daemon.leader.snapshot()
  const down = [...observations.values()].filter((seen) => seen.observation.hypervisor === 'down')
  return down.map(({ observation }) => ({
    code: 'hypervisor-absent',
    outcome: 'not-done',
    details: { host: observation.host },
  }))
}

/** Reads a file with what was sent along: the daemon opens no path that a client names. */
function checkFile({ path, text, files }: ClusterFileSource): CheckedFile {
  const readFile = (wanted: string) => files[wanted] ?? { reason: 'ENOENT' }
  const result = parseClusterFile({ path, text, readFile })
  return {
    spec: result.ok ? result.spec : null,
    format: result.format,
    problems: result.ok ? result.warnings : [...result.problems, ...result.warnings],
  }
}
