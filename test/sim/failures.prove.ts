import assert from 'node:assert/strict'
import { test } from 'node:test'
import { estimate } from '../../src/core/foresight/confidence.ts'
import { type Design, foresee, quorumOf } from '../../src/core/foresight/design.ts'
import { parseClusterFile } from '../../src/model/file/parse-cluster-file.ts'
import { type FailuresWish, playFailures } from '../../src/sim/failures.ts'

const minute = 60_000

function cluster() {
  const text = `version: 1
guests:
  a: { services: [80/tcp] }
  b: { services: [80/tcp] }
  c: { services: [80/tcp] }
`
  const read = parseClusterFile({ path: 'vigia.yaml', text, readFile: () => ({ reason: 'ENOENT' }) })
  assert.ok(read.ok)
  return read.spec
}

const plays = Number(process.env.VIGIA_PLAYS ?? 8)

/** What is given to the chain is what the real core took in the play: how often things fail is what was asked for. */
async function compared(
  name: string,
  wish: Omit<FailuresWish, 'seed' | 'cluster'>,
  more: Partial<Design>,
): Promise<void> {
  const values: number[] = []
  const times = { boot: [0, 0], failover: [0, 0], notice: [0, 0] }
  for (let seed = 1; seed <= plays; seed++) {
    const { availability, measured } = await playFailures({ ...wish, cluster: cluster(), seed })
    values.push(availability)
    for (const what of ['boot', 'failover', 'notice'] as const) {
      times[what][0]! += (measured[what]?.meanMs ?? 0) * (measured[what]?.count ?? 0)
      times[what][1]! += measured[what]?.count ?? 0
    }
  }
  const mean = (what: keyof typeof times): number => (times[what][1] === 0 ? 0 : times[what][0]! / times[what][1]!)
  const played = estimate(values)!
  const design: Design = {
    ...{ hosts: wish.hosts, hostsNeeded: 1, quorum: quorumOf(wish.hosts, wish.proof === 'watchdog') },
    ...{ crews: wish.hosts, ...wish.rates },
    failoverMs: wish.hosts > 1 && wish.proof !== 'none' ? mean('failover') : null,
    bootMs: mean('boot'),
    noticeMs: mean('notice'),
    ...{ incurable: 0, triesMs: 0, personMs: 1, standby: false, ...more },
  }
  const reckoned = foresee(design)!.availability
  const said = `${name}: reckoned ${reckoned}, played ${played.mean} (${played.from} to ${played.until})`
  assert.ok(reckoned >= played.from && reckoned <= played.until, said)
  // An interval that holds everything would prove nothing.
  assert.ok(played.until - played.from < 0.8 * (1 - played.mean), said)
}

test('guests that crash on one host: the chain and the play with the real core agree', async () => {
  const rates = { hostMtbfMs: 1e15, hostMttrMs: minute, guestMtbfMs: 60 * minute }
  await compared('crashes', { hosts: 1, rates, bootMs: 10_000, proof: 'none', playMs: 720 * minute }, {})
})

test('hosts that lose their power, and guests that crash, on five hosts with watchdogs: both agree', async () => {
  const rates = { hostMtbfMs: 60 * minute, hostMttrMs: 2 * minute, guestMtbfMs: 30 * minute }
  await compared('losses', { hosts: 5, rates, bootMs: 10_000, proof: 'watchdog', playMs: 60 * minute }, {})
})
