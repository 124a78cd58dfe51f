import { connect } from 'node:net'
import type { ProbeSpec } from '../../model/service.ts'
import type { ProbeTarget } from '../../ports/prober.ts'
import { DnsFormatError, decodeMessage, encodeQuestion, repliesTo, responseCodes } from './dns-message.ts'
import { type Attempt, impossible, type Method, socketVerdict, stillborn, type Verdict } from './method.ts'
import { exchange } from './udp.ts'

/**
 * Asks one question, by UDP or (`53/tcp`) by TCP. SERVFAIL and REFUSED are the server's no; any other reply to our
 * question is an answer, a truncated one and "no such name" too. What is not a reply to our question is ignored.
 */
export const dnsMethod: Method = {
  lane: 'network',
  retryAt: [0.25, 0.5],
  wait: { everyMs: 50, overlap: 20, contactMs: 1_000, answerMs: 1_000 },
  start(target, _purpose, done) {
    if (target.probe.kind !== 'dns') return stillborn(impossible('not a DNS probe'), done)
    const id = Math.floor(Math.random() * 0x1_0000)
    const question = encodeQuestion(id, target.probe.question, target.probe.recordType)
    if (question === null) return stillborn(impossible(`no domain name: ${target.probe.question}`), done)
    const judge = replyJudge(id, target.probe)
    return target.protocol === 'tcp'
      ? askByTcp(target, question, judge, done)
      : exchange(target.address, target.port, question, judge, done)
  },
}

type DnsProbe = ProbeSpec & { readonly kind: 'dns' }
type Judge = (reply: Uint8Array) => false | Verdict

function replyJudge(id: number, probe: DnsProbe): Judge {
  return (bytes) => {
    const reply = decodeOrNull(bytes)
    if (reply === null || !repliesTo(reply, id, probe.question, probe.recordType)) return false
    if (reply.responseCode === responseCodes.serverFailure) return { kind: 'refused', detail: 'SERVFAIL' }
    if (reply.responseCode === responseCodes.refused) return { kind: 'refused', detail: 'REFUSED' }
    return { kind: 'answered' }
  }
}

function decodeOrNull(bytes: Uint8Array) {
  try {
    return decodeMessage(bytes)
  } catch (error) {
    if (error instanceof DnsFormatError) return null
    throw error
  }
}

/** DNS over TCP: each message after its length in two bytes (RFC 1035, 4.2.2). Only the first reply is read. */
function askByTcp(target: ProbeTarget, question: Uint8Array, judge: Judge, done: (verdict: Verdict) => void): Attempt {
  if (target.port === null) return stillborn(impossible('no port'), done)
  let ended = false
  let inContact = false
  let received = Buffer.alloc(0)
  const socket = connect({ host: target.address, port: target.port, autoSelectFamily: false })
  const end = (verdict: Verdict) => {
    if (ended) return
    ended = true
    socket.destroy()
    done(verdict)
  }
  socket.on('connect', () => {
    inContact = true
    socket.write(Buffer.concat([Buffer.from([question.length >> 8, question.length & 0xff]), question]))
  })
  socket.on('data', (chunk) => {
    // Bounded: a whole message is at most 64 KiB, and anything behind it is not kept.
    received = Buffer.concat([received, chunk]).subarray(0, 0x1_0002)
    if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return
    const verdict = judge(received.subarray(2, 2 + received.readUInt16BE(0)))
    end(verdict || { kind: 'refused', detail: 'not a DNS reply' })
  })
  socket.on('end', () => end({ kind: 'refused', detail: 'closed without a reply' }))
  socket.on('error', (error) => end(socketVerdict(error)))
  return {
    get inContact() {
      return inContact
    },
    abandon: () => {
      ended = true
      socket.destroy()
    },
  }
}
