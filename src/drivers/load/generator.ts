/**
 * Measures a guest as its users see it: a program of its own, so that what it measures is not the lateness of a daemon, and so that it can run on
 * another host. It is sent there as text, with the files of `generator/` inside it: they import nothing but each other and Node's own modules (types
 * do not travel), and need Node 18 or newer.
 *
 * Standard input: the wish as one line of JSON; any further line says that it is enough; its end stops the measurement. Standard output, JSON lines: `{ "kind": "begun" }` at the first
 * answer, then once `{ "kind": "outcome", "outcome": … }` or `{ "kind": "fault", "code": …, "text": … }`.
 */
import { createInterface } from 'node:readline'
import type { LoadWish } from '../../ports/load-source.ts'
import { downtime } from './generator/downtime.ts'
import { load } from './generator/load.ts'
import type { Running } from './generator/telling.ts'
import { transfer } from './generator/transfer.ts'

function start(wish: LoadWish): Running {
  switch (wish.kind) {
    case 'downtime':
      return downtime(wish)
    case 'transfer':
      return transfer(wish)
    case 'load':
      return load(wish)
  }
}

const input = createInterface({ input: process.stdin })
let running: Running | null = null
input.on('line', (line) => {
  if (running === null) running = start(JSON.parse(line) as LoadWish)
  else running.enough?.()
})
input.on('close', () => (running === null ? process.exit(0) : running.stop()))
process.on('SIGINT', () => undefined)
