import { execFile } from 'node:child_process'
import type { Log } from '../ports/log.ts'

/** systemd gives up on a service that is not ready after 90 s; its program answers in milliseconds. */
const limitMs = 30_000

/**
 * Under systemd (Type=notify): says that the socket answers, so that `systemctl start` returns at that moment. By systemd's
 * own program, since Node has no datagram sockets of the unix domain; it needs NotifyAccess=all.
 */
export function tellSystemdReady(log: Log): void {
  if (!process.env.NOTIFY_SOCKET) return
  execFile('systemd-notify', ['--ready'], { timeout: limitMs }, (error) => {
    if (error) log.error('systemd could not be told that vigiad answers', { error: error.message })
  })
}
