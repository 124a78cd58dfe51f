import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GuestServices } from '../../src/agent/guest-services.ts'
import type { AgentPorts } from '../../src/agent/ports.ts'
import { compileCluster } from '../../src/core/graph.ts'
import { instant } from '../../src/model/ids.ts'
import type { ProbeOutcome } from '../../src/ports/prober.ts'
import { clusterOf } from '../core/world.ts'

/** One guest with one service; each outcome in turn is what the next question brings. Time is only the order of timers. */
async function watched(...outcomes: ProbeOutcome['kind'][]): Promise<string[]> {
  const compiled = compileCluster(clusterOf({ web: { services: ['80/tcp'] } })).order[0]!
  const told: string[] = []
  const timers: (() => void)[] = []
  const ports = {
    clock: {
      now: () => instant(0),
      after: (_: number, run: () => void) => {
        timers.push(run)
        return () => {}
      },
    },
    prober: {
      ask: async (): Promise<ProbeOutcome> => {
        const kind = outcomes.shift() ?? 'void'
        return { kind, detail: '', latencyMs: 1 } as ProbeOutcome
      },
      untilAnswered: () => () => {},
    },
  } as unknown as AgentPorts
  const services = new GuestServices(compiled, ports, {
    changed: () => {},
    tell: (word, { service }) => told.push(`${word} ${service}`),
  })
  services.follow(true, 'web')
  while (outcomes.length > 0) {
    timers.shift()?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return told
}

test('a guest that is still coming up has lost nothing', async () => {
  assert.deepEqual(await watched('silent', 'silent', 'silent', 'refused', 'refused', 'answered'), ['answers 80/tcp'])
})

test('what answered before is lost once, however it does not answer', async () => {
  const told = await watched('answered', 'refused', 'refused', 'silent', 'silent', 'silent', 'answered')
  assert.deepEqual(told, ['answers 80/tcp', 'lost 80/tcp', 'answers 80/tcp'])
})
