import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { giveHistoryCopies } from '../../../src/agent/history-copies.ts'
import type { Identity } from '../../../src/drivers/ca/certificates.ts'
import { localClock } from '../../../src/drivers/local/clock.ts'
import { historyPath, historyPeers, historyRoute } from '../../../src/drivers/peers/history-copies.ts'
import type { HttpsPeers } from '../../../src/drivers/peers/peers.ts'
import { openSqlite } from '../../../src/drivers/sqlite/open.ts'
import { type HostId, hostId } from '../../../src/model/ids.ts'
import { silentLog } from '../../../src/ports/log.ts'
import { event } from '../../conformance/history.ts'
import { alfa, beta } from '../../conformance/peers.ts'
import { scratchDirectory } from '../sqlite/scratch.ts'
import { directory, local, members, openPeers } from './parts.ts'

interface Host {
  readonly history: Awaited<ReturnType<typeof openSqlite>>['history']
  readonly peers: HttpsPeers
  give(): () => void
  times(): Promise<readonly number[]>
}

/** Two hosts that reach each other, each with a history of its own; nothing is copied before `give`. */
async function twoHosts(t: TestContext): Promise<readonly [Host, Host]> {
  const of = directory()
  const identities = (await members('alfa', 'beta')).members as [Identity, Identity]
  const host = async (identity: Identity, self: HostId, other: HostId): Promise<Host> => {
    const folder = scratchDirectory()
    const state = await openSqlite(folder)
    const route = historyRoute(state.history, { standingOf: (member, hash) => of.standing(member, hash) })
    const peers = await openPeers(identity, of, { routes: new Map([[historyPath, route]]) })
    of.addresses.set(self, [local(peers.port)])
    const ends: (() => void)[] = []
    t.after(async () => {
      for (const end of ends) end()
      await peers.close()
      await state.close()
      rmSync(folder, { recursive: true, force: true })
    })
    const { history } = state
    return {
      ...{ history, peers },
      give: () => {
        const end = giveHistoryCopies({
          ...{ history, clock: localClock(), log: silentLog },
          peers: historyPeers(peers, () => [other]),
        })
        ends.push(end)
        return end
      },
      times: async () => (await history.query({ limit: 10_000 })).map(({ at }) => at),
    }
  }
  return Promise.all([host(identities[0], alfa, beta), host(identities[1], beta, alfa)])
}

async function until(what: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 1_200; turn++) {
    if (await what()) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  assert.fail('not within a minute')
}

test('what each of two hosts wrote is on both, once, also after one of them began anew', async (t) => {
  const [a, b] = await twoHosts(t)
  const many = Array.from({ length: 1_200 }, (_, place) => event(place + 1))
  await a.history.append(many)
  const end = a.give()
  b.give()
  await until(async () => (await b.times()).length === 1_200)
  await b.history.append([event(5_000)])
  await a.history.append([event(6_000)])
  await until(async () => (await a.times()).length === 1_202 && (await b.times()).length === 1_202)
  end()
  await a.history.append([event(7_000)])
  a.give()
  await until(async () => (await b.times()).includes(7_000))
  const sorted = (times: readonly number[]) => times.toSorted((one, other) => one - other)
  assert.deepEqual(sorted(await b.times()), [...many.map(({ at }) => at), 5_000, 6_000, 7_000])
  assert.deepEqual(sorted(await a.times()), sorted(await b.times()))
})

test('what is no copy of events is refused, and nobody gives in the name of another', async (t) => {
  const [a, b] = await twoHosts(t)
  const good = { ...event(1), id: 1 }
  const bodies = [
    '',
    'null',
    '{"file":"one"}',
    JSON.stringify({ file: '../x', events: [] }),
    JSON.stringify({ file: 'one', events: [{ ...good, id: '1' }] }),
    JSON.stringify({ file: 'one', events: [good, good] }),
    JSON.stringify({ file: 'one', events: [{ ...good, guest: 7 }] }),
    JSON.stringify({ file: 'one', events: Array.from({ length: 1_001 }, (_, at) => ({ ...good, id: at + 1 })) }),
  ]
  for (const body of bodies) {
    const limits = { timeoutMs: 5_000, maxAnswerBytes: 1_000 }
    await assert.rejects(a.peers.request(beta, historyPath, body, limits), /bad-data/, body.slice(0, 60))
  }
  assert.deepEqual(await b.times(), [])
  assert.equal(await historyPeers(a.peers, () => []).give(hostId('beta'), { file: 'one', events: [good] }), 1)
  assert.deepEqual(await b.times(), [1])
})
