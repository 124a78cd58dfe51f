import { ErrorCode, LibvirtError } from './errors.ts'

/** What `run` gives, or `otherwise` when the domain went away meanwhile. */
export async function orWhenGone<T>(otherwise: T, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof LibvirtError && error.code === ErrorCode.noDomain) return otherwise
    throw error
  }
}

/** What `run` gives, or `otherwise` when libvirt says no, for whatever reason. */
export async function orWhenRefused<T>(otherwise: T, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof LibvirtError) return otherwise
    throw error
  }
}
