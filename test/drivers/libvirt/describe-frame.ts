import { type EventName, eventMessages, eventNamed } from '../../../src/drivers/libvirt/event-messages.ts'
import { type ProcedureName, procedures } from '../../../src/drivers/libvirt/procedures.ts'
import {
  decodeHeader,
  encodeFrame,
  type Header,
  MessageType,
  Program,
  type ProgramName,
  payloadOf,
  Status,
} from '../../../src/drivers/libvirt/protocol.ts'
import { errorBody } from '../../../src/drivers/libvirt/values.ts'
import { type Codec, decodeXdr, encodeXdr } from '../../../src/drivers/libvirt/xdr.ts'

/** What a frame is: `domainGetState call`, `domainGetState reply`, `domainGetState error`, `lifecycle event`, … */
export function describeFrame(frame: Buffer): string {
  const header = decodeHeader(frame)
  if (header.program === Program.keepalive) return `keepalive ${header.procedure === 1 ? 'ping' : 'pong'}`
  if (header.type === MessageType.message) return `${eventNamed(header.procedure) ?? header.procedure} event`
  const what = header.type === MessageType.stream ? 'stream' : header.type === MessageType.call ? 'call' : 'reply'
  const status = header.status === Status.error ? 'error' : what
  return `${procedureOf(header) ?? header.procedure} ${status}`
}

/** The same frame made anew: decoded with the client's tables, then encoded with them. */
export function remake(frame: Buffer, sentByUs: boolean): { value: unknown; frame: Buffer } {
  const header = decodeHeader(frame)
  const payload = payloadOf(frame)
  const codec = codecOf(header, payload, sentByUs)
  if (codec === null) return { value: payload, frame: encodeFrame(header, payload) }
  const value = decodeXdr(codec, payload)
  return { value, frame: encodeFrame(header, encodeXdr(codec, value)) }
}

/** Null for payloads that are bytes and nothing more. */
function codecOf(header: Header, payload: Buffer, sentByUs: boolean): Codec<unknown> | null {
  if (header.program === Program.keepalive) return null
  if (header.type === MessageType.stream && header.status !== Status.error) return null
  // A client aborts a stream with an empty error.
  if (header.type === MessageType.stream && sentByUs && payload.length === 0) return null
  if (header.status === Status.error) return errorBody as Codec<unknown>
  if (header.type === MessageType.message) {
    return eventMessages[eventNamed(header.procedure) as EventName].body as Codec<unknown>
  }
  const procedure = procedures[procedureOf(header) as ProcedureName]
  return (header.type === MessageType.call ? procedure.args : procedure.result) as Codec<unknown>
}

function procedureOf(header: Header): ProcedureName | undefined {
  const program = (Object.keys(Program) as ProgramName[]).find((name) => Program[name] === header.program)
  const names = Object.keys(procedures) as ProcedureName[]
  return names.find((name) => procedures[name].number === header.procedure && procedures[name].program === program)
}
