import { RemoteFault } from '../../client/client.ts'
import type { SessionView } from '../../contract/access.ts'
import { paths } from '../../contract/protocol.ts'
import { ask, session } from '../api/ask.ts'

/** Whether somebody is in already. Without an answer it stays unknown, and is asked again by whoever shows it. */
export async function openSession(): Promise<void> {
  try {
    session.set(await ask<SessionView>('GET', paths.session))
  } catch (error) {
    // A daemon that answers says no; one that does not may say yes later.
    if (error instanceof RemoteFault) session.set(null)
  }
}

/** Throws a Fault: `code-wanted` when the second factor is asked for. */
export async function enter(name: string, password: string, code: string): Promise<void> {
  session.set(
    await ask<SessionView>('POST', paths.session, code === '' ? { name, password } : { name, password, code }),
  )
}

/** By the link that `vigia console` prints. It is good for one time. */
export async function enterByLink(ticket: string): Promise<void> {
  session.set(await ask<SessionView>('POST', paths.sessionLink, { ticket }))
}

export async function leave(): Promise<void> {
  await ask('DELETE', paths.session).catch(() => undefined)
  session.set(null)
}
