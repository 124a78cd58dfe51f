import { TLSSocket } from 'node:tls'
import type { FaultData } from '../model/fault.ts'
import { errorText } from './errors.ts'
import { statusOf } from './fault-status.ts'
import { networkHeaderLines } from './network-headers.ts'

/** A refusal as it travels, written by hand: to what is no HTTP, or was to become something else, and has no reply of the server's. The connection ends with it. */
export function refusalText(fault: FaultData, socket: object, more: readonly string[] = []): string {
  const status = statusOf[fault.code] ?? 500
  const body = errorText(status, fault, {})
  const head = [
    `HTTP/1.1 ${status} ${fault.code}`,
    ...(overNetwork(socket) ? networkHeaderLines : []),
    ...more,
    'connection: close',
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
  ]
  return `${head.join('\r\n')}\r\n\r\n${body}`
}

/** All that comes over the network comes by TLS, and nothing else does. */
export function overNetwork(socket: object): boolean {
  return socket instanceof TLSSocket
}
