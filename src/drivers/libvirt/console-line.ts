import type { ConsoleLine } from '../../ports/hypervisor.ts'
import type { LibvirtStream } from './stream.ts'

/** A console's stream, and the connection it has for itself. `asFault` says in the port's words what went wrong. */
export function consoleLine(
  { stream, close }: { readonly stream: LibvirtStream; readonly close: () => void },
  asFault: (error: unknown) => unknown,
): ConsoleLine {
  let closed = false
  const end = (): void => {
    closed = true
    stream.abort()
    close()
  }
  async function* output(): AsyncGenerator<Uint8Array> {
    try {
      yield* stream
    } catch (error) {
      // What we closed ourselves has not broken.
      if (!closed) throw asFault(error)
    } finally {
      end()
    }
  }
  return {
    output: output(),
    async write(bytes) {
      try {
        await stream.write(bytes)
      } catch (error) {
        throw asFault(error)
      }
    },
    close: end,
  }
}
