import { rmSync } from 'node:fs'
import { openSqlite } from '../../../src/drivers/sqlite/open.ts'
import { storeConformance } from '../../conformance/store.ts'
import { scratchDirectory } from './scratch.ts'

storeConformance('sqlite', async () => {
  const directory = scratchDirectory()
  const state = await openSqlite(directory)
  return {
    store: state.store,
    other: state.store,
    settle: () => new Promise((resolve) => setImmediate(resolve)),
    close: async () => {
      await state.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
})
