import { test } from 'node:test'
import { launchedDaemon } from './fake-daemon.ts'
import { fuzzFromSchema } from './schema-fuzz.ts'
import { threeHosts } from './wide-daemon.ts'

if (!globalThis.gc) throw new Error('to be run with --expose-gc: whether memory leaks is part of it')

test('10 000 requests of its own description: no fault inside, none unanswered, no leak', async () => {
  await fuzzFromSchema(launchedDaemon(), ['web', 'dns', 'mail', '@front', 'lone', 'nobody'], 6_000)
  await fuzzFromSchema(threeHosts(), ['web', 'db', 'mail', 'far', 'n1', 'n2', 'n3', 'nobody'], 4_000)
})
