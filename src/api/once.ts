import type { FastifyInstance, FastifyRequest, onSendAsyncHookHandler, preHandlerAsyncHookHandler } from 'fastify'
import { idempotencyHeader, replayedHeader } from '../contract/protocol.ts'
import { Fault } from '../model/fault.ts'
import { type Once, onceOf, readReceipt } from './receipts.ts'
import type { Serving } from './serving.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A write that honours idempotency keys: its handler hands `request.once` to whoever writes. */
    once?: boolean
  }
  interface FastifyRequest {
    /** Null: it came without a key. */
    once: Once | null
  }
}

/** As a structured field writes it, in quotes, or bare. */
const keyText = /^"?([\x21\x23-\x5b\x5d-\x7e]{1,255})"?$/

/**
 * Idempotency keys (IETF draft): a write that comes again with the same key is answered as the first one was, and done once. That it
 * was done is written by its own transaction, so no crash comes between; here is only what is said of it. A refusal leaves no receipt:
 * nothing was done, and the same key may try again.
 */
export function honourKeys(app: FastifyInstance, { powers }: Serving): void {
  const inWork = new Map<string, FastifyRequest>()
  app.decorateRequest('once', null)

  const before: preHandlerAsyncHookHandler = async (request, reply) => {
    const once = onceIn(request)
    if (once === null) return
    if (inWork.has(once.key)) throw new Fault('still-in-work', 'not-done')
    inWork.set(once.key, request)
    request.once = once
    const answer = await readReceipt(powers.store, once)
    if (answer !== null) return reply.header(replayedHeader, 'true').send(answer)
  }
  const after: onSendAsyncHookHandler = async (request) => {
    if (request.once !== null && inWork.get(request.once.key) === request) inWork.delete(request.once.key)
  }

  // Only where it is honoured: the many requests that look pass by none of it.
  app.addHook('onRoute', (route) => {
    if (route.config?.once !== true) return
    route.preHandler = [...[route.preHandler ?? []].flat(), before]
    route.onSend = [...[route.onSend ?? []].flat(), after]
  })
}

function onceIn(request: FastifyRequest): Once | null {
  const header = request.headers[idempotencyHeader]
  if (header === undefined) return null
  const key = typeof header === 'string' ? keyText.exec(header)?.[1] : undefined
  if (key === undefined) throw new Fault('bad-request', 'not-done', { field: idempotencyHeader })
  const { method, url, body, caller } = request
  return onceOf(`${caller.by} ${caller.name}`, key, [method, url, body])
}
