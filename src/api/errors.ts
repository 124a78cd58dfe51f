import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { ErrorBody } from '../contract/error.ts'
import { schemaVersion } from '../contract/protocol.ts'
import { Fault, type FaultData } from '../model/fault.ts'
import type { Log } from '../ports/log.ts'
import { FileRefused } from './apply.ts'
import { statusOf } from './fault-status.ts'
import { Refused } from './refused.ts'

/** What a refusal says beside its fault. */
type More = Pick<ErrorBody, 'problems' | 'refusals' | 'reasons'>

/** Turns whatever was thrown into an answer a client understands. A stack goes to the log, never to a client. */
export function answerError(log: Log, error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const fault = faultOf(error)
  const status = httpStatus(error) ?? statusOf[fault.code] ?? 500
  if (status >= 500) log.error('a request failed', { method: request.method, url: request.url, ...fault, error })
  sendFault(reply, status, fault, moreOf(error))
}

export function sendFault(reply: FastifyReply, status: number, fault: FaultData, more: More): void {
  reply.request.faultCode = fault.code
  const { waitMs } = fault.details
  if (fault.code === 'locked-out' && typeof waitMs === 'number') reply.header('retry-after', Math.ceil(waitMs / 1000))
  void reply
    .code(status)
    .type('application/problem+json')
    .send(errorText(status, fault, more))
}

export function errorText(status: number, fault: FaultData, more: More): string {
  const body: ErrorBody = {
    schemaVersion,
    type: 'about:blank',
    title: fault.code,
    status,
    fault,
    ...more,
  }
  return JSON.stringify(body)
}

function moreOf(error: unknown): More {
  if (error instanceof FileRefused) return { problems: error.problems, refusals: error.refusals }
  return error instanceof Refused && error.reasons.length > 0 ? { reasons: error.reasons } : {}
}

/** What Fastify itself refuses (`FST_ERR_…`) is the client's mistake; anything else unknown is ours. */
function faultOf(error: unknown): FaultData {
  if (error instanceof Fault) return error.data
  const known = error as Partial<FastifyError>
  const status = httpStatus(error)
  if (status === 413)
    return { code: 'limit-reached', outcome: 'not-done', details: { limit: 'body', text: 'the body is too large' } }
  if (known.validation?.[0]) {
    const { instancePath, message = 'not as the contract says' } = known.validation[0]
    const field = instancePath.replace(/^\//, '').replaceAll('/', '.')
    return { code: 'bad-request', outcome: 'not-done', details: { field, text: message } }
  }
  if (status !== null) {
    return { code: 'bad-request', outcome: 'not-done', details: { text: String(known.message ?? known.code) } }
  }
  // What broke inside may tell of paths and data: its text is for the log.
  return { code: 'internal', outcome: 'unknown', details: { text: 'the log of vigiad tells more' } }
}

function httpStatus(error: unknown): number | null {
  const status = (error as { statusCode?: unknown }).statusCode
  return typeof status === 'number' && status >= 400 && status < 500 ? status : null
}
