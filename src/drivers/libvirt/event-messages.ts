import { int, struct, uhyper } from './codecs.ts'
import { domainRef, networkRef, text, typedParams } from './values.ts'
import type { Codec, ValueOf } from './xdr.ts'

/**
 * Messages libvirt sends unasked, a line each: number of the message, number to register it with (absent for those
 * that come without being asked for), body. An event may arrive before the reply of the call that caused it.
 */
interface EventMessage<B, I extends number | null> {
  readonly number: number
  readonly registerId: I
  readonly body: Codec<B>
}

function e<B, const I extends number | null>(number: number, registerId: I, body: Codec<B>): EventMessage<B, I> {
  return { number, registerId, body }
}

const dom = domainRef
const callbackId = int

export const eventMessages = {
  lifecycle: e(318, 0, struct({ callbackId, dom, event: int, detail: int })),
  reboot: e(319, 1, struct({ callbackId, dom })),
  watchdog: e(321, 3, struct({ callbackId, dom, action: int })),
  ioErrorReason: e(324, 6, struct({ callbackId, dom, srcPath: text, devAlias: text, action: int, reason: text })),
  controlError: e(325, 7, struct({ callbackId, dom })),
  balloonChange: e(331, 13, struct({ callbackId, dom, actual: uhyper })),
  deviceRemoved: e(333, 15, struct({ callbackId, dom, devAlias: text })),
  blockJob2: e(339, 16, struct({ callbackId, dom, dst: text, type: int, status: int })),
  agentLifecycle: e(348, 18, struct({ callbackId, dom, state: int, reason: int })),
  migrationIteration: e(359, 20, struct({ callbackId, dom, iteration: int })),
  jobCompleted: e(363, 21, struct({ callbackId, dom, params: typedParams(64) })),
  networkLifecycle: e(315, null, struct({ callbackId, net: networkRef, event: int, detail: int })),
  /** libvirtd lost its hypervisor (reason 0 error, 1 end of file, 2 keepalive, 3 asked for). */
  connectionClosed: e(362, null, struct({ reason: int })),
} as const

export type EventName = keyof typeof eventMessages
export type EventBody<N extends EventName> = ValueOf<(typeof eventMessages)[N]['body']>

/** An event as it was decoded: its name, and its body under `body`. */
export type WireEvent = { [N in EventName]: { readonly name: N; readonly body: EventBody<N> } }[EventName]

/** Names of the events a client can ask for, domain by domain or for all. */
export type RegisteredEvent = {
  [N in EventName]: (typeof eventMessages)[N]['registerId'] extends null ? never : N
}[EventName]

const byNumber = new Map<number, EventName>(
  (Object.keys(eventMessages) as EventName[]).map((name) => [eventMessages[name].number, name]),
)

/** The event a message number stands for; undefined for those we never asked for. */
export function eventNamed(number: number): EventName | undefined {
  return byNumber.get(number)
}
