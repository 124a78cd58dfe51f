import type { GuestSummary, StatusView } from '../contract/status.ts'
import type { Text } from '../text/text.ts'
import { chosen } from './commands/status.ts'
import { complaint } from './complain.ts'
import type { CliContext } from './context.ts'

/** Exit codes as monitoring systems have them: fine, look at it, act. */
const fine = 0
const warning = 1
const critical = 2

/** `status --check`: one line and an exit code. Whatever goes wrong here is critical: nobody can say that all is well. */
export async function statusCheck(context: CliContext, names: readonly string[]): Promise<number> {
  const { text, out } = context
  let view: StatusView
  try {
    view = chosen(await (await context.client()).status(), names)
  } catch (error) {
    const said = complaint(text, error).lines[0] ?? ''
    out.write(`CRITICAL: ${said.replace(/^vigia: /, '')}\n`)
    return critical
  }
  if (view.cluster === null) {
    out.write(`CRITICAL: ${text.cli('refused-no-cluster-file')}\n`)
    return critical
  }
  const total = view.guests.length
  const down = view.guests.filter(isDown).map(({ id }) => id)
  if (down.length > 0) {
    out.write(`${text.cli('check-critical', { count: down.length, total, guests: text.list(down) })}\n`)
    return critical
  }
  const busy = view.guests.filter((guest) => !isAsWished(guest)).map(({ id }) => id)
  if (busy.length > 0) {
    out.write(`${text.cli('check-warning', { count: busy.length, total, guests: text.list(busy) })}\n`)
    return warning
  }
  const troubles = troublesOf(view, text)
  if (troubles.length > 0) {
    out.write(`${text.cli('check-hosts', { hosts: troubles.join('; ') })}\n`)
    return warning
  }
  out.write(`${text.cli('check-ok', { count: total })}\n`)
  return fine
}

/** All guests are as wished, and something about the hosts wants to be looked at before it becomes a guest's trouble. */
function troublesOf({ hosts, members }: StatusView, text: Text): string[] {
  if (members === undefined) return []
  const away = hosts.flatMap(({ id, member }) =>
    member === undefined || member.standing === 'online' || member.standing === 'left'
      ? []
      : [text.cli('check-host', { host: id, standing: text.standing(member.standing) })],
  )
  const losses = (members.survival?.losses ?? [])
    .slice(0, 1)
    .map(({ hosts: lost, waiting }) =>
      text.cli('check-loss', { hosts: text.list(lost), guests: text.list(waiting.map(({ guest }) => guest)) }),
    )
  return [...away, ...(members.armed ? [] : [text.cli('check-disarmed')]), ...losses]
}

/** Shall run, and does not do its work: failed, held down, silent, or paused by a lost need. */
function isDown({ wish, phase, pausedByHand, watch, replacedBy }: GuestSummary): boolean {
  if (wish !== 'running' || !watch || pausedByHand) return false
  // What it did is done by its standby, which is judged for itself.
  if (replacedBy !== undefined) return false
  return phase.kind === 'failed' || phase.kind === 'held-down' || phase.kind === 'silent' || phase.kind === 'paused'
}

function isAsWished({ wish, phase, watch, pausedByHand }: GuestSummary): boolean {
  if (wish === 'ignored') return true
  if (!watch || pausedByHand) return false
  return wish === 'running' ? phase.kind === 'ready' : phase.kind === 'stopped'
}
