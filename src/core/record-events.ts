import type { EventWord, HistoryEvent } from '../model/event.ts'
import type { WallTime } from '../model/ids.ts'
import { hostId } from '../model/ids.ts'
import type { Reason } from '../model/reason.ts'
import type { GuestRecord } from '../model/record.ts'

/** What a changed record means in the history's words. Several where a step means several things. */
export function recordEvents(before: GuestRecord | null, after: GuestRecord, at: WallTime): HistoryEvent[] {
  return wordsOf(before, after).map((word) => ({
    at,
    // It was stopped where it was, whoever has it by now.
    host: (word === 'stopped' ? before?.owner : null) ?? after.owner ?? hostId(''),
    actor: 'leader',
    word,
    guest: after.guest,
    service: null,
    because: reasonOf(word, before, after),
    fault: null,
    note: word === 'memory' ? String(after.memoryMib) : null,
  }))
}

/** What brought it to its host, where the record's own reason speaks of the next step already. */
function reasonOf(word: EventWord, before: GuestRecord | null, after: GuestRecord): Reason {
  if (word === 'memory') return after.memoryBecause ?? after.because
  if (word === 'failed' && after.because.code === 'replaced') return after.because.last
  const move = before?.seat?.move
  if (word === 'move-failed' && move?.broken) return { code: 'move-broken', to: move.to }
  if (word !== 'recover' && word !== 'moved') return after.because
  if (after.because.code === 'moved') return after.because
  const cause = word === 'recover' ? 'host-lost' : (before?.seat?.move?.cause ?? 'rule')
  return { code: 'moved', from: before?.owner ?? null, cause }
}

/** What follows a stop that took place; a guest let go of while it was stopping may still run. */
const goneKinds = ['stopped', 'waiting', 'starting', 'held-down']

function wordsOf(before: GuestRecord | null, after: GuestRecord): EventWord[] {
  const words: EventWord[] = []
  const from = before?.phase.kind ?? null
  if (before !== null && before.memoryMib !== after.memoryMib && after.memoryMib !== null) words.push('memory')
  if (from === 'stopping' && goneKinds.includes(after.phase.kind)) words.push('stopped')
  words.push(...seatWords(before, after))
  const word = wordFor(before, after)
  if (word !== null && !words.includes(word)) words.push(word)
  if (after.replacedBy !== undefined && after.replacedBy !== before?.replacedBy) words.push('replaced')
  return words
}

/** What became of its place, before what it does there. */
function seatWords(before: GuestRecord | null, after: GuestRecord): EventWord[] {
  const was = before?.seat ?? null
  const is = after.seat ?? null
  if (is === null) return []
  if (is.move !== null && is.move.serial !== was?.move?.serial) return ['migrate']
  const owner = before?.owner ?? null
  if (owner !== null && after.owner !== owner) {
    const lost = was?.move == null && after.seat?.lostFrom === owner
    return [lost ? 'recover' : 'moved']
  }
  if (was?.move != null && is.move === null && is.moveFailedAt !== null) {
    return [after.because.code === 'move-cancelled' ? 'move-cancelled' : 'move-failed']
  }
  const refused = before?.because.code !== 'move-refused' || before.seat?.moveSerial !== is.moveSerial
  return after.because.code === 'move-refused' && refused ? ['move-refused'] : []
}

function wordFor(before: GuestRecord | null, after: GuestRecord): EventWord | null {
  const from = before?.phase.kind ?? null
  const sameKind = from === after.phase.kind && before?.generation === after.generation
  switch (after.phase.kind) {
    case 'starting':
      if (after.phase.resumed) return sameKind ? null : 'resume'
      if (after.because.code === 'adopted') return 'adopt'
      return before?.generation === after.generation ? null : 'start'
    case 'waiting':
      if (after.because.code === 'crashed') return 'crashed'
      if (after.because.code === 'powered-off-inside') return 'powered-off'
      return before?.because.code === after.because.code ? null : 'waiting'
    case 'stopping':
      if (from === 'stopping') return null
      // To be started elsewhere it is stopped here: that is a move, and tells nothing of its health.
      if (after.because.code === 'moving') return 'stop'
      return after.phase.next === 'start' ? 'restart' : 'stop'
    case 'stopped':
      return sameKind || from === null ? null : 'stopped'
    case 'held-down':
      return sameKind ? null : after.because.code === 'powered-off-inside' ? 'powered-off' : 'stopped'
    case 'ready':
      return sameKind ? null : 'ready'
    case 'silent':
      return sameKind ? null : 'silent'
    case 'paused':
      return sameKind ? null : 'pause'
    case 'failed':
      return sameKind ? null : 'failed'
    case 'ignored':
      return sameKind ? null : 'ignored'
  }
}
