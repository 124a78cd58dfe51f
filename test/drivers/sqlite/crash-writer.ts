import { writeSync } from 'node:fs'
import { openSqlite } from '../../../src/drivers/sqlite/open.ts'
import { event } from '../../conformance/history.ts'

/**
 * Run as a process of its own, to be killed: writes the same number under several keys, over and over, several transactions under way at once,
 * and says on its output which number is confirmed, and how many events.
 */
const directory = process.argv[2] ?? ''
const lanes = 4
const keysEach = 5

const { store, history } = await openSqlite(directory)
const { entries } = await store.read('count/')
const began = Math.max(0, ...entries.map(({ value }) => Number(value)))
writeSync(1, 'open\n')
void keepHistory()
await Promise.all(Array.from({ length: lanes }, (_, lane) => count(lane)))

async function count(lane: number): Promise<void> {
  for (let number = began + 1; ; number++) {
    const put = Array.from({ length: keysEach }, (_, place) => ({
      key: `count/${lane}/${place}`,
      value: String(number),
    }))
    // One key is made and the one before it removed: a half transaction shows as two or none.
    const mark = (count: number): string => `mark/${lane}/${count}`
    await store.transact({ when: [], put: [...put, { key: mark(number), value: '' }], remove: [mark(number - 1)] })
    writeSync(1, `store ${lane} ${number}\n`)
  }
}

async function keepHistory(): Promise<void> {
  for (;;) {
    const [last] = await history.query({ limit: 1, newestFirst: true })
    const next = (last?.id ?? 0) + 1
    await history.append([event(next), event(next + 1)])
    writeSync(1, `history 0 ${next + 1}\n`)
  }
}
