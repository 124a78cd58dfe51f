import { Fault } from '../../model/fault.ts'
import type { Hypervisor } from '../../ports/hypervisor.ts'

/** Of a witness, which runs no guests: whatever is asked is not done. */
export function noHypervisor(): Hypervisor {
  const absent = async (): Promise<never> => {
    throw new Fault('hypervisor-absent', 'not-done', { text: 'witness' })
  }
  return {
    ...{ node: absent, capabilities: absent, list: absent, look: absent, definition: absent, start: absent },
    ...{
      shutdown: absent,
      destroy: absent,
      suspend: absent,
      resume: absent,
      setMemory: absent,
      memoryStatistics: absent,
    },
    ...{ autostart: absent, setAutostart: absent, autostarting: async () => [], addresses: absent, pingAgent: absent },
    ...{
      readGuestFile: absent,
      console: absent,
      graphics: absent,
      migrate: absent,
      migrationProgress: absent,
      hurryMigration: absent,
      cancelMigration: absent,
    },
    ...{ migrationNeeds: absent, migrationOffer: absent, hostCpu: absent },
    subscribe: () => () => {},
    close: async () => {},
  }
}
