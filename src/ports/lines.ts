import type { ConsoleLine } from './hypervisor.ts'

/** Both ways until one end ends, then both are closed. Neither end is sent more than it takes. Never throws. */
export async function joinLines(one: ConsoleLine, other: ConsoleLine): Promise<void> {
  const carry = async (from: ConsoleLine, to: ConsoleLine): Promise<void> => {
    try {
      for await (const bytes of from.output) await to.write(bytes)
    } catch {
      // A line that broke has ended, as one that was closed has.
    } finally {
      one.close()
      other.close()
    }
  }
  await Promise.all([carry(one, other), carry(other, one)])
}
