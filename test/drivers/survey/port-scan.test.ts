import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { afterEach, type TestContext, test } from 'node:test'
import { scanPorts } from '../../../src/drivers/survey/port-scan.ts'
import { questionsMax, scanServices } from '../../../src/drivers/survey/services.ts'
import type { ProbeTarget } from '../../../src/ports/prober.ts'
import { until } from '../../until.ts'
import { Cleanup, refusingPort } from '../probe/support.ts'

const address = '127.0.0.1'
const cleanup = new Cleanup()
afterEach(() => cleanup.run())

/** A port that accepts, with the times at which it did; and one where nobody listens. */
async function ports(t: TestContext): Promise<{ open: number; closed: number; acceptedAt: number[] }> {
  const acceptedAt: number[] = []
  const listening = createServer((socket) => {
    acceptedAt.push(performance.now())
    socket.destroy()
  })
  await new Promise<void>((resolve) => listening.listen(0, address, resolve))
  t.after(() => listening.close())
  const { port: closed } = await refusingPort(cleanup)
  return { open: (listening.address() as { port: number }).port, closed, acceptedAt }
}

test('ports that accept are found, each asked once, no faster than told', async (t) => {
  const { open, closed, acceptedAt } = await ports(t)
  const targets = [open, closed, open, open].map((port) => ({ address, port }))
  const startedAt = performance.now()
  const found = await scanPorts(targets, 20)
  assert.deepEqual(
    found,
    [open, open, open].map((port) => ({ address, port })),
  )
  await until(() => acceptedAt.length >= 3)
  assert.equal(acceptedAt.length, 3)
  // The last of four, 50 ms apart. Only from the start on: a listener held up takes two at once.
  assert.ok(acceptedAt[2]! - startedAt >= 140, String(acceptedAt.map((at) => at - startedAt)))
})

test('an aborted scan keeps what it knows', async (t) => {
  const { open } = await ports(t)
  const stop = new AbortController()
  stop.abort()
  assert.deepEqual(await scanPorts([{ address, port: open }], 1, stop.signal), [])
})

test('each guest gets each port; UDP counts only where something comes back', async (t) => {
  const { open, closed } = await ports(t)
  const asked: ProbeTarget[] = []
  const prober = {
    ask: async (target: ProbeTarget) => {
      asked.push(target)
      return target.domain === 'web'
        ? ({ kind: 'answered', latencyMs: 1 } as const)
        : ({ kind: 'silent', detail: '' } as const)
    },
  }
  const wanted = [
    { port: open, protocol: 'tcp' },
    { port: closed, protocol: 'tcp' },
    { port: 123, protocol: 'udp' },
  ] as const
  const targets = ['web', 'db'].map((domain) => ({ domain, address }))
  const result = await scanServices(targets, wanted, 1_000, prober)
  assert.deepEqual(result.open.get('web'), [
    { port: open, protocol: 'tcp' },
    { port: 123, protocol: 'udp' },
  ])
  assert.deepEqual(result.open.get('db'), [{ port: open, protocol: 'tcp' }])
  assert.deepEqual([result.asked, result.leftOut], [6, []])
  assert.ok(asked.every(({ probe }) => probe.kind === 'udp' && probe.answer === 'required'))
})

test('more guests than a survey may ask are left out, and named', async () => {
  const ports = Array.from({ length: questionsMax / 2 }, (_, index) => ({ port: index + 1, protocol: 'tcp' as const }))
  const targets = ['a', 'b', 'c'].map((domain) => ({ domain, address }))
  const stop = new AbortController()
  stop.abort()
  const prober = { ask: () => Promise.reject(new Error('nobody is asked')) }
  assert.deepEqual((await scanServices(targets, ports, 1_000, prober, stop.signal)).leftOut, ['c'])
})
