import { test } from 'node:test'
import { launchedDaemon } from './fake-daemon.ts'
import { fuzzFromSchema } from './schema-fuzz.ts'
import { threeHosts } from './wide-daemon.ts'

test('what its own description allows, and nearly allows, never breaks it: one host', async () => {
  await fuzzFromSchema(launchedDaemon(), ['web', 'dns', '@front', 'lone', 'nobody'], 300)
})

test('the same of several hosts', async () => {
  await fuzzFromSchema(threeHosts(), ['web', 'db', 'far', 'n1', 'n2', 'n3', 'nobody'], 200)
})
