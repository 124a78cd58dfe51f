import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StoredDrills } from '../../../src/control/drills/stored-drills.ts'
import { openSqlite } from '../../../src/drivers/sqlite/open.ts'
import { FakeStore } from '../../../src/sim/fakes/fake-store.ts'
import { drillStoreConformance } from '../../conformance/drill-store.ts'
import { SteppingClock } from '../../sim/fakes/stepping-clock.ts'

drillStoreConformance('drills in a pretend store', async () => {
  const fake = new FakeStore(new SteppingClock())
  return {
    store: new StoredDrills(fake.connect()),
    other: new StoredDrills(fake.connect()),
    close: async () => {},
  }
})

drillStoreConformance('drills in SQLite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigia-drills-'))
  const { store, close } = await openSqlite(folder)
  return {
    store: new StoredDrills(store),
    other: new StoredDrills(store),
    close: async () => {
      await close()
      rmSync(folder, { recursive: true })
    },
  }
})
