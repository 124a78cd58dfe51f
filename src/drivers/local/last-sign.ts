import { constants, type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { type WallTime, wallTime } from '../../model/ids.ts'

/** The last that a daemon left behind. `ended`: it ended in order; `left`: because its host went down. */
export interface Sign {
  readonly at: WallTime
  readonly bootId: string
  readonly state: 'alive' | 'ended' | 'left'
}

export interface LastSign {
  /** Null: none was left, or none that can be read. */
  read(): Promise<Sign | null>
  /** In place, the same few bytes each time: nothing grows, and a power cut leaves the earlier one or this one. Not flushed: it is no promise. */
  write(sign: Sign): Promise<void>
}

const fileName = 'last-sign'

const longest = 200

/** Milliseconds since 1970, boot id, `alive`, `ended` or `left`. */
const pattern = /^(\d{14}) (\S+) (alive|ended|left) *\n/

/** Both reject with the file system's error. The file is open only while it is read or written. */
export function lastSign(directory: string): LastSign {
  const inFile = async <T>(work: (file: FileHandle) => Promise<T>): Promise<T> => {
    const file = await open(join(directory, fileName), constants.O_RDWR | constants.O_CREAT, 0o600)
    try {
      return await work(file)
    } finally {
      await file.close()
    }
  }
  return {
    read: () =>
      inFile(async (file) => {
        const buffer = Buffer.alloc(longest)
        const { bytesRead } = await file.read(buffer, 0, longest, 0)
        const found = pattern.exec(buffer.toString('utf8', 0, bytesRead))
        if (found === null) return null
        return { at: wallTime(Number(found[1])), bootId: found[2]!, state: found[3] as Sign['state'] }
      }),
    write: ({ at, bootId, state }) =>
      inFile(async (file) => {
        const line = `${String(Math.floor(at)).padStart(14, '0')} ${bootId} ${state.padEnd(5)}\n`
        await file.write(Buffer.from(line), 0, line.length, 0)
      }),
  }
}
