import { exitCodes } from '../contract/exit-codes.ts'
import { schemaVersion } from '../contract/protocol.ts'
import type { ClusterSnapshot } from '../core/snapshot.ts'
import { snapshotFrom } from '../core/snapshot-text.ts'
import { Fault } from '../model/fault.ts'
import type { CommandInput } from './command.ts'
import type { CliContext, SimulatedLoss } from './context.ts'
import { say, show } from './output.ts'
import { padded } from './paint.ts'
import { reasonLines } from './reason-lines.ts'
import { simulatedEventText } from './simulated-event.ts'
import { readSnapshot } from './snapshot-file.ts'
import { countOf } from './values.ts'

/** `simulate --live --lose HOST…`: who goes where, in which order, who waits and why. */
export async function simulateLive(context: CliContext, input: CommandInput): Promise<number> {
  const { simulateLoss } = context.powers
  if (simulateLoss === undefined) {
    say(context, context.text.cli('not-available', { what: 'simulate' }))
    return exitCodes.unavailable
  }
  const seed = countOf(context, input, 'seed', { from: 0, to: 999_999_999, usual: 1 }, 'simulate')
  // Hosts may stand in one word, or be the words that follow it.
  const hosts = [...input.values.lose!.split(','), ...input.arguments].filter((host) => host !== '')
  const loss = await simulateLoss(await snapshotOf(context, input), [...new Set(hosts)], { seed })
  const chosen: CliContext = input.switches.has('json') ? { ...context, format: 'json' } : context
  await show(chosen, {
    data: { schemaVersion, ...loss },
    lines: () => lossLines(chosen, loss),
    rows: () => [
      ['guest', 'from', 'to', 'state', 'readyMs', 'because'],
      ...loss.guests.map(({ guest, from, to, state, readyMs, because }) => [
        ...[guest, from, to, state, readyMs, because.code],
      ]),
    ],
  })
  return loss.guests.every(({ readyMs }) => readyMs !== null) ? exitCodes.ok : exitCodes.failed
}

export async function snapshotOf(context: CliContext, input: CommandInput): Promise<ClusterSnapshot> {
  const file = input.values.snapshot
  if (file !== undefined) return readSnapshot(file)
  const told = JSON.stringify(await (await context.client()).snapshot())
  const snapshot = snapshotFrom(told)
  if (snapshot !== null) return snapshot
  throw new Fault('bad-data', 'not-done', {
    where: 'vigiad',
    expected: 'a snapshot of this version',
    got: told.slice(0, 40),
  })
}

function lossLines({ text, paint }: CliContext, loss: SimulatedLoss): string[] {
  const story = loss.events.map((event) => `${padded(text.duration(event.at), 10)}  ${simulatedEventText(text, event)}`)
  const again = loss.guests.filter(({ readyMs }) => readyMs !== null)
  const waiting = loss.guests.filter(({ readyMs }) => readyMs === null)
  return [
    ...story,
    ...(story.length === 0 ? [] : ['']),
    ...(loss.quorum ? [] : [paint.bad(text.cli('live-no-quorum'))]),
    ...again.map(({ guest, from, to, readyMs }) =>
      text.cli('live-moved', { guest, from: from ?? '', to: to ?? '', time: text.duration(readyMs ?? 0) }),
    ),
    ...waiting.flatMap((one) => reasonLines(text, one)).map((line) => paint.bad(line)),
    text.cli('live-untouched', { count: loss.untouched.length }),
  ]
}
