import type { Keyboard } from '../cli/context.ts'

/**
 * The terminal this process was started from, raw. Node sets it back at every end of the process that can be noticed;
 * `close` does so before.
 */
export function keyboard(): Keyboard | null {
  const { stdin } = process
  if (!stdin.isTTY) return null
  stdin.setRawMode(true)
  let closed = false
  return {
    keys: stdin,
    close() {
      if (closed) return
      closed = true
      stdin.setRawMode(false)
      // Otherwise the process would wait for keys.
      stdin.destroy()
    },
  }
}
