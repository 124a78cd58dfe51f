import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { afterEach, test } from 'node:test'
import { instant } from '../../../src/model/ids.ts'
import type { Clock } from '../../../src/ports/clock.ts'
import { until } from '../../until.ts'
import {
  Cleanup,
  passed,
  patientMs,
  realClock,
  refusingPort,
  silentPort,
  sure,
  targetOf,
  tcpServer,
  testProber,
} from './support.ts'

const cleanup = new Cleanup()
afterEach(() => cleanup.run())

function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length
}

test('silence is told at the timeout, not before and not long after', async () => {
  const target = targetOf(await silentPort(cleanup))
  let before = 0
  const outcome = await sure(() => {
    before = performance.now()
    return testProber().ask(target, 200)
  })
  const tookMs = performance.now() - before
  assert.deepEqual(outcome, { kind: 'silent', detail: 'no answer' })
  assert.ok(tookMs >= 199 && tookMs < 2_000, `${tookMs}`)
})

test('an address that is none, or a missing port, is impossible and no verdict', async () => {
  const prober = testProber()
  assert.equal((await prober.ask({ ...targetOf(1), address: 'no-such-name' }, 100)).kind, 'impossible')
  assert.equal((await prober.ask(targetOf(null), 100)).kind, 'impossible')
  assert.equal((await prober.ask(targetOf(70_000), 100)).kind, 'impossible')
})

test('broadcast cannot be connected to: impossible or silent, never refused', async () => {
  const outcome = await sure(() => testProber().ask({ ...targetOf(9), address: '255.255.255.255' }, 100))
  assert.ok(outcome.kind === 'impossible' || outcome.kind === 'silent', outcome.kind)
})

test('a loop that was away makes silence void, and an answer stays an answer', async () => {
  let jumpMs = 0
  const jumping: Clock = { ...realClock, now: () => instant(performance.now() + jumpMs) }
  const prober = testProber(jumping)
  const places = [targetOf(await silentPort(cleanup)), targetOf(await tcpServer(cleanup, () => undefined))] as const
  const [silent, answering] = [prober.ask(places[0], 120), prober.ask(places[1], 120)]
  jumpMs = 5_000
  assert.deepEqual(await silent, { kind: 'void' })
  assert.equal((await answering).kind, 'answered')
})

test('an answer that lay in the socket while the loop was blocked past the timeout counts', async () => {
  const port = await tcpServer(cleanup, () => undefined)
  const outcome = testProber().ask(targetOf(port), 30)
  await new Promise((resolve) => process.nextTick(resolve))
  const until = performance.now() + 60
  while (performance.now() < until);
  assert.equal((await outcome).kind, 'answered')
})

test('thousands of questions of every outcome leave no descriptor behind', async () => {
  const prober = testProber()
  const accepting = targetOf(await tcpServer(cleanup, (socket) => socket.resume()))
  const refusing = targetOf((await refusingPort(cleanup)).port)
  const silent = targetOf(await silentPort(cleanup))
  await prober.ask(accepting, patientMs)
  await passed(50)
  const before = openDescriptors()
  for (let round = 0; round < 20; round += 1) {
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, (_, n) => prober.ask([accepting, refusing, silent][n % 3] ?? silent, 60)),
    )
    assert.ok(outcomes.every(({ kind }) => kind !== 'impossible'))
  }
  await until(() => openDescriptors() <= before + 5, `no more open descriptors than the ${before} before`)
})

test('more questions than places: all are answered, a busy address in turn with the others', async () => {
  const prober = testProber()
  const silent = targetOf(await silentPort(cleanup))
  const accepting = targetOf(await tcpServer(cleanup, () => undefined))
  const crowd = Array.from({ length: 2_500 }, () => prober.ask({ ...silent, domain: 'crowd' }, 150))
  const single = prober.ask({ ...accepting, domain: 'single' }, patientMs)
  const first = await Promise.race([single, Promise.all(crowd).then(() => null)])
  assert.equal(first?.kind, 'answered')
  await prober.close()
  assert.ok((await Promise.all(crowd)).every(({ kind }) => kind === 'void' || kind === 'silent'))
})

test('hanging up is no reset for a server that has said nothing', async () => {
  const ends: string[] = []
  const port = await tcpServer(cleanup, (socket) => {
    socket.resume()
    socket.on('end', () => ends.push('end'))
    socket.on('error', () => ends.push('error'))
  })
  assert.equal((await testProber().ask(targetOf(port), patientMs)).kind, 'answered')
  await until(() => ends.length > 0)
  await passed(50)
  assert.deepEqual(ends, ['end'])
})

test('waiting costs no descriptor when it ends', async () => {
  const prober = testProber()
  const before = openDescriptors()
  const cancels = await Promise.all(
    Array.from({ length: 20 }, async (_, n) =>
      prober.untilAnswered(targetOf(n % 2 ? (await refusingPort(cleanup)).port : await silentPort(cleanup)), () =>
        assert.fail('answered'),
      ),
    ),
  )
  await passed(400)
  for (const cancel of cancels) cancel()
  await cleanup.run()
  await until(() => openDescriptors() <= before + 5, `no more open descriptors than the ${before} before`)
})
