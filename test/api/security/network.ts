import { mkdtempSync, rmSync } from 'node:fs'
import { request as httpsRequest } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { listenNetwork } from '../../../src/api/listen-network.ts'
import type { Patience } from '../../../src/api/server-limits.ts'
import { ownCertificate } from '../../../src/drivers/listener/own-certificate.ts'
import { localClock } from '../../../src/drivers/local/clock.ts'
import type { CertificateSource } from '../../../src/ports/certificate-source.ts'
import { silentLog } from '../../../src/ports/log.ts'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape.
  readonly body: any
}

export interface Ask {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: unknown
  /** As it is, without being made JSON. */
  readonly raw?: string | Buffer
}

/** The app behind TLS on the loopback, as a client without any right meets it. */
export interface Network {
  readonly port: number
  readonly certificate: string
  ask(path: string, ask?: Ask): Promise<Answer>
}

export function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'vigia-access-'))
  t.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

export function madeCertificate(t: TestContext): Promise<CertificateSource> {
  return ownCertificate(folder(t), () => ({ needed: ['localhost', '127.0.0.1'], also: [] }), localClock(), silentLog)
}

export async function network(
  t: TestContext,
  app: FastifyInstance,
  source?: CertificateSource,
  patience?: Patience,
): Promise<Network> {
  const shown = source ?? (await madeCertificate(t))
  const place = { kind: 'port', host: '127.0.0.1', port: 0 } as const
  const listener = await listenNetwork(app, place, shown, silentLog, patience)
  t.after(async () => {
    shown.stop()
    await listener.close()
    await app.close()
  })
  const port = listener.place.kind === 'port' ? listener.place.port : 0
  const { certificate } = shown.current
  return { port, certificate, ask: (path, ask) => asked({ port, ca: certificate }, path, ask) }
}

export function asked(to: { port: number; ca: string }, path: string, ask: Ask = {}): Promise<Answer> {
  const { method = 'GET', headers = {}, body, raw } = ask
  const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body))
  const typed = body === undefined ? {} : { 'content-type': 'application/json' }
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', ...to, path, method, agent: false, headers: { ...typed, ...headers } }
    const sent = httpsRequest(options, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (piece: string) => {
        text += piece
      })
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: parsed(text) })
      })
      response.on('error', reject)
    })
    sent.on('error', reject)
    sent.end(payload)
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
