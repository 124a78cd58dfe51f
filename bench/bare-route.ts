/**
 * One route of a bare Fastify that answers with an object as large as the one in the file: what the machine gives at best.
 * usage: node bare-route.ts SOCKET FILE    prints `ready`; ends with its standard input
 */
import { readFileSync } from 'node:fs'
import Fastify from 'fastify'

if (import.meta.main) {
  const [socket = '', file = ''] = process.argv.slice(2)
  const answer = JSON.parse(readFileSync(file, 'utf8')) as object
  const app = Fastify({ logger: false })
  app.get('/', async () => answer)
  await app.listen({ path: socket })
  process.stdout.write('ready\n')
  process.stdin.on('end', () => process.exit(0)).resume()
}
