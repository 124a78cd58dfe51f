import assert from 'node:assert/strict'

/**
 * Waits until it holds, looking every few milliseconds. The limit is no promise of the product: it ends a test that would wait for ever,
 * and is so long that a busy machine does not reach it.
 */
export async function until(holds: () => boolean | Promise<boolean>, what = 'what was waited for', limitMs = 30_000) {
  const end = performance.now() + limitMs
  while (!(await holds())) {
    assert.ok(performance.now() < end, `not within ${limitMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** The event loop reads what lies in its sockets, however late it is: timers alone run before that. */
export async function socketsRead(turns = 10): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
