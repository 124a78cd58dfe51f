import { createReadStream, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { sendFault } from './errors.ts'

/** What the build wrote of one file: its size, its tag, and the sizes of its compressed forms beside it. */
interface BuiltFile {
  readonly bytes: number
  readonly tag: string
  readonly br?: number
  readonly gz?: number
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
}

/** The name of such a file tells its content: it is asked for once. */
const immutable = 'public, max-age=31536000, immutable'

/** Others are asked for each time, and sent only when they changed. */
const askAgain = 'no-cache'

const encodings = [
  { name: 'br', ending: 'br' },
  { name: 'gzip', ending: 'gz' },
] as const

/** Where the build put the console. Null: it was not built. */
export function builtConsole(folder: string): WebFiles | null {
  try {
    const files = JSON.parse(readFileSync(join(folder, 'files.json'), 'utf8')) as Record<string, BuiltFile>
    return { folder, files: new Map(Object.entries(files)) }
  } catch {
    return null
  }
}

export interface WebFiles {
  readonly folder: string
  readonly files: ReadonlyMap<string, BuiltFile>
}

/**
 * The console's files. Only names that the build listed are served: no path is made of what was asked for. Addresses of pages are all answered with the
 * same page, which looks at its address itself; what is asked of the API and is not there stays an error.
 */
export function webRoutes(app: FastifyInstance, { folder, files }: WebFiles): void {
  app.get('/*', { config: { access: 'public' } }, (request, reply) => {
    const path = request.url.split('?')[0]!.slice(1)
    const name = files.has(path) ? path : isPage(path) ? 'index.html' : null
    const file = name === null ? undefined : files.get(name)
    if (name === null || file === undefined) return notThere(request, reply)
    return sendFile(request, reply, join(folder, name), file)
  })
}

/** Files have an ending, and pages of guests with a dot in their names lie deeper. */
function isPage(path: string): boolean {
  return !path.startsWith('api/') && !path.startsWith('assets/') && (path.includes('/') || extname(path) === '')
}

function sendFile(request: FastifyRequest, reply: FastifyReply, path: string, file: BuiltFile): FastifyReply {
  const tag = `"${file.tag}"`
  reply.header('etag', tag)
  reply.header('vary', 'accept-encoding')
  reply.header('cache-control', path.includes('/assets/') ? immutable : askAgain)
  if (request.headers['if-none-match'] === tag) return reply.code(304).send()
  reply.type(types[extname(path)] ?? 'application/octet-stream')
  const accepted = String(request.headers['accept-encoding'] ?? '')
  const encoding = encodings.find(({ name, ending }) => file[ending] !== undefined && accepts(accepted, name))
  reply.header('content-length', encoding === undefined ? file.bytes : file[encoding.ending]!)
  if (encoding !== undefined) reply.header('content-encoding', encoding.name)
  if (request.method === 'HEAD') return reply.send()
  return reply.send(createReadStream(encoding === undefined ? path : `${path}.${encoding.ending}`))
}

function accepts(header: string, encoding: string): boolean {
  return header.split(',').some((part) => {
    const [name = '', weight = ''] = part.trim().split(';')
    return name === encoding && weight.trim() !== 'q=0'
  })
}

function notThere(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const details = { text: `no such resource: ${request.method} ${request.url.slice(0, 200)}` }
  sendFault(reply, 404, { code: 'bad-request', outcome: 'not-done', details }, {})
  return reply
}
