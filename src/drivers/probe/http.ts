import type { ClientRequest, IncomingMessage } from 'node:http'
import { request as requestPlain } from 'node:http'
import { request as requestTls } from 'node:https'
import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { ProbeSpec } from '../../model/service.ts'
import { type Attempt, errorCode, impossible, type Method, socketVerdict, stillborn, type Verdict } from './method.ts'

/** Read of a body at most, in search of the text that must be in it. Keeps an endless page from filling memory. */
export const bodyMaxBytes = 256 * 1024

/** All header lines together; beyond it the server is not taken for a web server. */
const headersMaxBytes = 16 * 1024

/** GET, one connection a question, no redirects followed: the first status is the answer. */
export const httpMethod: Method = {
  lane: 'network',
  retryAt: [0.25, 0.5],
  wait: { everyMs: 50, overlap: 8, contactMs: 250, answerMs: 5_000 },
  start(target, _purpose, done) {
    if (target.probe.kind !== 'http' || target.port === null)
      return stillborn(impossible('no http probe or port'), done)
    return new HttpAttempt(target.address, target.port, target.probe, done)
  },
}

type HttpProbe = ProbeSpec & { readonly kind: 'http' }

class HttpAttempt implements Attempt {
  inContact = false
  private readonly probe: HttpProbe
  private readonly socket: Socket
  private readonly request: ClientRequest
  private done: ((verdict: Verdict) => void) | null

  constructor(address: string, port: number, probe: HttpProbe, done: (verdict: Verdict) => void) {
    this.probe = probe
    this.done = done
    const host = probe.hostHeader ?? hostOf(address, port, probe.scheme)
    this.socket = openSocket(address, port, host, probe)
    try {
      this.request = sendRequest(this.socket, host, probe)
    } catch (error) {
      this.socket.destroy()
      throw error
    }
    this.socket.once('connect', () => {
      this.inContact = true
    })
    this.request.on('response', (response) => this.onResponse(response))
    // An upgrade nobody asked for is an answer with its status, like any other.
    this.request.on('upgrade', (response) => this.onResponse(response))
    this.request.on('error', (error) => this.end(httpVerdict(error)))
    this.request.on('close', () => this.end({ kind: 'refused', detail: 'closed without an answer' }))
  }

  abandon(): void {
    this.done = null
    this.request.destroy()
    this.socket.destroy()
  }

  private onResponse(response: IncomingMessage): void {
    const { statusFrom, statusTo, body } = this.probe
    const status = response.statusCode ?? 0
    if (status < statusFrom || status > statusTo) this.end({ kind: 'refused', detail: `status ${status}` })
    else if (body === null || body === '') this.end({ kind: 'answered' })
    else this.search(response, Buffer.from(body))
  }

  private search(response: IncomingMessage, wanted: Buffer): void {
    const missing: Verdict = { kind: 'refused', detail: 'text not found' }
    let tail = Buffer.alloc(0)
    let bytes = 0
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      // The text may lie across two chunks: what could be its beginning is kept.
      const seen = Buffer.concat([tail, chunk])
      if (seen.includes(wanted)) this.end({ kind: 'answered' })
      else if (bytes > bodyMaxBytes) this.end(missing)
      tail = seen.subarray(Math.max(0, seen.length - wanted.length + 1))
    })
    response.on('end', () => this.end(missing))
    response.on('error', (error) => this.end(httpVerdict(error)))
  }

  private end(verdict: Verdict): void {
    const done = this.done
    this.abandon()
    done?.(verdict)
  }
}

function openSocket(address: string, port: number, host: string, probe: HttpProbe): Socket {
  const where = { host: address, port, autoSelectFamily: false }
  if (probe.scheme === 'http') return connect(where)
  const name = host.replace(/:\d+$/, '')
  // Server name indication is not defined for addresses; the certificate is then checked against the address.
  const servername = isIP(name.replace(/^\[|\]$/g, '')) ? '' : name
  return connectTls({ ...where, servername, rejectUnauthorized: probe.verifyCertificate, ALPNProtocols: ['http/1.1'] })
}

function sendRequest(socket: Socket, host: string, probe: HttpProbe): ClientRequest {
  const request = (probe.scheme === 'https' ? requestTls : requestPlain)({
    createConnection: () => socket,
    method: 'GET',
    path: probe.path,
    headers: { host, 'user-agent': 'vigia', accept: '*/*', connection: 'close' },
    maxHeaderSize: headersMaxBytes,
    insecureHTTPParser: false,
  })
  request.end()
  return request
}

/** As a browser would write it: the port only where it is not the scheme's own. */
function hostOf(address: string, port: number, scheme: 'http' | 'https'): string {
  const name = address.includes(':') ? `[${address}]` : address
  return port === (scheme === 'http' ? 80 : 443) ? name : `${name}:${port}`
}

/** The parser's own codes say what was wrong with the bytes; certificates' say what was wrong with them. */
function httpVerdict(error: unknown): Verdict {
  const code = errorCode(error)
  return code === 'ECONNRESET' ? { kind: 'refused', detail: 'closed without an answer' } : socketVerdict(error)
}
