import type { Reason } from '../model/reason.ts'
import type { Text } from '../text/text.ts'

/** A guest and why: of one that no host can take, a line for each host. */
export function reasonLines(
  text: Text,
  { guest, because }: { readonly guest: string; readonly because: Reason },
): string[] {
  if (because.code !== 'no-place') return [text.cli('reason-line', { guest, because: text.reason(because) })]
  return [text.cli('reason-no-place', { guest }), ...placeLines(text, because).map((line) => `  ${line}`)]
}

/** Why each host cannot take it; nothing for any other reason. */
export function placeLines(text: Text, because: Reason): string[] {
  return because.code === 'no-place' ? because.hosts.map(({ host, why }) => text.hostRefusal(host, why)) : []
}

/** The reason in one clause, where the hosts are told below it. */
export function shortReason(text: Text, because: Reason): string {
  return because.code === 'no-place' && because.hosts.length > 0
    ? text.reason({ code: 'no-host' })
    : text.reason(because)
}
