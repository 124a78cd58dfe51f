import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { InjectOptions } from 'light-my-request'
import { Check } from 'typebox/value'
import { ErrorBody } from '../../src/contract/error.ts'
import { paths } from '../../src/contract/protocol.ts'
import type { FakeDaemon } from './fake-daemon.ts'
import { type Description, schemaRequests } from './schema-requests.ts'

/** An answer that is not there by then never comes. */
const answerMs = 60_000

/** A leak of a kilobyte a request would be ten times as much after ten thousand. */
const growthMib = 24

/** Statuses that say that the daemon's world lacks something, and not that the daemon broke. */
const fair = [501, 503, 504]

/** Streams have no end. */
const endless = /\/(stream|live)(\?|$)/

/**
 * So many requests made of the API's own description. None is answered with a fault of the daemon itself, none goes unanswered, and
 * (where the collector can be called) the heap does not grow with them.
 */
export async function fuzzFromSchema(daemon: FakeDaemon, names: readonly string[], requests: number): Promise<void> {
  const app = await daemon.api()
  try {
    const description = (await app.inject({ url: paths.openApi })).json() as Description
    const made = schemaRequests(description, names).filter(({ url }) => !endless.test(url))
    const heap = async (): Promise<number> => {
      await new Promise((resolve) => setTimeout(resolve, 50))
      globalThis.gc?.()
      return process.memoryUsage().heapUsed / 2 ** 20
    }
    let settled: number | null = null
    let sent = 0
    const ask = async (request: InjectOptions, text: string): Promise<void> => {
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`no answer: ${text}`)), answerMs)
      })
      const answer = await Promise.race([app.inject(request), late]).finally(() => clearTimeout(timer))
      assert.ok(answer.statusCode < 500 || fair.includes(answer.statusCode), `${text}: ${answer.body}`)
      assert.doesNotMatch(answer.body, /node_modules|\bat .*\.ts:|TypeError/, text)
      if (answer.statusCode >= 400) assert.ok(Check(ErrorBody, answer.json()), `${text}: ${answer.body}`)
    }
    await fc.assert(
      fc.asyncProperty(made, async ({ payload, ...request }) => {
        const text = `${request.method} ${request.url} ${payload}`
        await ask({ ...request, method: request.method as 'GET', ...(payload !== null && { payload }) }, text)
        sent += 1
        // A fifth of them fills caches and compiles code.
        if (globalThis.gc && sent === Math.ceil(requests / 5)) settled = await heap()
      }),
      { numRuns: requests },
    )
    if (settled !== null) {
      const grown = (await heap()) - settled
      assert.ok(grown < growthMib, `the heap grew by ${grown.toFixed(1)} MiB`)
    }
    assert.deepEqual(
      daemon.logged.filter((line) => line.endsWith(' internal')),
      [],
    )
  } finally {
    await app.close()
  }
}
