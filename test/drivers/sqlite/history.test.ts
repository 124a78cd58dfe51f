import { rmSync } from 'node:fs'
import { openSqlite } from '../../../src/drivers/sqlite/open.ts'
import { historyConformance } from '../../conformance/history.ts'
import { scratchDirectory } from './scratch.ts'

historyConformance('sqlite', async () => {
  const directory = scratchDirectory()
  const state = await openSqlite(directory)
  return {
    history: state.history,
    settle: () => new Promise((resolve) => setImmediate(resolve)),
    close: async () => {
      await state.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
})
