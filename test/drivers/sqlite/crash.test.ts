import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { openSqlite } from '../../../src/drivers/sqlite/open.ts'
import { scratchDirectory } from './scratch.ts'

const kills = 10
/** Confirmations before the kill: enough to be in the middle of things, few enough to be quick. */
const atMostConfirmed = 60

const writer = join(import.meta.dirname, 'crash-writer.ts')

/** Runs the writer and kills it just after so many confirmations, whatever it is doing then. Returns the last number confirmed of each kind. */
async function runAndKill(directory: string, confirmations: number): Promise<Map<string, number>> {
  const child = spawn(process.execPath, [writer, directory], { stdio: ['ignore', 'pipe', 'inherit'] })
  const confirmed = new Map<string, number>()
  const lines = createInterface({ input: child.stdout })
  let count = 0
  lines.on('line', (line) => {
    const [kind, lane, number] = line.split(' ')
    if (number !== undefined) confirmed.set(`${kind} ${lane}`, Number(number))
    if (count++ === confirmations) child.kill('SIGKILL')
  })
  await Promise.all([once(child, 'exit'), once(lines, 'close')])
  assert.equal(child.signalCode, 'SIGKILL')
  return confirmed
}

test('killed at any moment, nothing confirmed is missing and no transaction is half done', {
  timeout: 300_000,
}, async (context) => {
  const directory = scratchDirectory(context)
  let dice = 12345
  for (let kill = 0; kill < kills; kill++) {
    dice = (dice * 1_103_515_245 + 12_345) % 2 ** 31
    const confirmed = await runAndKill(directory, dice % atMostConfirmed)
    await assertKept(directory, confirmed)
  }
})

async function assertKept(directory: string, confirmed: ReadonlyMap<string, number>): Promise<void> {
  const state = await openSqlite(directory)
  const { revision, entries } = await state.store.read('')
  const values = new Map(entries.map(({ key, value }) => [key, value]))
  for (let lane = 0; lane < 4; lane++) {
    const numbers = new Set(Array.from({ length: 5 }, (_, place) => values.get(`count/${lane}/${place}`)))
    assert.equal(numbers.size, 1, `lane ${lane} is half written: ${[...numbers]}`)
    const number = Number([...numbers][0] ?? 0)
    assert.ok(
      number >= (confirmed.get(`store ${lane}`) ?? 0),
      `lane ${lane}: ${number} is less than what was confirmed`,
    )
    const marks = entries.filter(({ key }) => key.startsWith(`mark/${lane}/`)).map(({ key }) => key)
    assert.deepEqual(marks.slice(-1), number === 0 ? [] : [`mark/${lane}/${number}`])
  }
  assert.ok(entries.every((entry) => entry.revision <= revision))
  const [last] = await state.history.query({ limit: 1, newestFirst: true })
  assert.ok((last?.id ?? 0) >= (confirmed.get('history 0') ?? 0))
  assert.equal((last?.id ?? 0) % 2, 0, 'half of an append')
  await state.close()
}
