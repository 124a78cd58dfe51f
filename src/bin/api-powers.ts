import type { AccessPowers } from '../api/access/powers.ts'
import type { ApiPowers } from '../api/powers.ts'
import { proveDevices } from '../control/prove-device.ts'
import type { FaultData } from '../model/fault.ts'
import type { HostId } from '../model/ids.ts'
import type { Log } from '../ports/log.ts'
import { createFileChecker } from './check-file.ts'
import type { Daemon } from './daemon.ts'
import { examine } from './examine.ts'
import { packageVersion } from './package-version.ts'
import { within } from './within.ts'

/** A person waits for the answer to `apply`: a hypervisor that is slow just now must not hold it up. */
const autostartLimitMs = 1_000

/** What this daemon gives its API. */
export function apiPowers(daemon: Daemon, log: Log, access: AccessPowers): ApiPowers {
  const { leader, store, history, host, clock, fencer } = daemon
  const files = createFileChecker()
  let play: ReturnType<typeof import('./what-if.ts')['createWhatIf']> | null = null
  let reckoner: ReturnType<typeof import('./reckoner.ts')['createReckoner']> | null = null
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
    checkFile: (source) => files.check(source),
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
    reckon: async (question, events) => {
      // Loaded with the first question, as the play.
      reckoner ??= (await import('./reckoner.ts')).createReckoner()
      return reckoner(question, events)
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
