import { api } from '../api/api.ts'

/** The address of a guest's console, good for one connection. Throws a Fault. */
export async function consoleAddress(guest: string, kind: 'vnc' | 'serial', force = false): Promise<string> {
  const { ticket, path } = await api.consoleTicket(guest, kind, force)
  return `wss://${location.host}${path}?ticket=${encodeURIComponent(ticket)}`
}

/** Of a line that could not be opened. */
const notOpened = 4_000

/** Why the daemon could not open it; null: it was open and ended. */
export function whyNotOpened({ code, reason }: CloseEvent): string | null {
  if (code !== notOpened) return null
  try {
    const said = JSON.parse(reason) as { readonly code?: string; readonly why?: string }
    return said.why ?? said.code ?? reason
  } catch {
    return reason
  }
}
