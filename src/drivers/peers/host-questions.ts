import { Fault } from '../../model/fault.ts'
import type { FileSight, HostReport } from '../../model/host-report.ts'
import type { HostId, WallTime } from '../../model/ids.ts'
import { isMark } from '../host/file-sight.ts'
import type { Route } from './peer-server.ts'
import { accepted, type HttpsPeers, type PeersOptions } from './peers.ts'

/** A path of a disk, and whether what its host put beside it is to be looked for. */
export interface FileWanted {
  readonly path: string
  /** Null: nothing could be put there. */
  readonly mark: string | null
}

/** What `vigia doctor` asks of one host, this one or another. Nothing of it changes anything that lasts. */
export interface HostQuestions {
  /** `measure`: also the disk of the store, which takes up to 3 s. */
  report(measure: boolean): Promise<HostReport>
  /** Its wall clock as it answers. */
  clock(): Promise<WallTime>
  /** Its own sight of the disks of guests that it has, and beside which of them a mark could be put. The mark goes by itself after a while. */
  mark(mark: string): Promise<{ readonly own: readonly FileSight[]; readonly marked: readonly string[] }>
  unmark(mark: string): Promise<void>
  look(files: readonly FileWanted[]): Promise<readonly FileSight[]>
}

export const hostQuestionPath = '/peers/v1/host'

/** Disks of a host's guests: a path has up to 4 KiB, and most a hundred bytes. */
const maxBytes = 1024 * 1024
const maxFiles = 10_000

/** Names are looked up, a disk is measured, libvirt is asked. */
const limitMs = 9_000

/** Nothing is answered to anybody but members. `here`: null while this daemon is not ready. */
export function hostRoute(here: () => HostQuestions | null, options: Pick<PeersOptions, 'standingOf'>): Route {
  return {
    maxBytes,
    answer: async (body, shown) => {
      if (accepted(shown, options) === null) throw new Fault('certificate-refused', 'not-done', { text: 'missing' })
      const questions = here()
      if (questions === null) throw new Fault('daemon-busy', 'not-done', {})
      return JSON.stringify(await answerTo(body, questions))
    },
  }
}

/** The same questions to another member. Faults: `peer-lost`; `bad-data` where the answer is none. */
export function questionsTo(peers: Pick<HttpsPeers, 'request'>, member: HostId): HostQuestions {
  const ask = async <T>(question: object): Promise<T> => {
    const limits = { timeoutMs: limitMs, maxAnswerBytes: maxBytes }
    const text = await peers.request(member, hostQuestionPath, JSON.stringify(question), limits)
    try {
      return JSON.parse(text) as T
    } catch (cause) {
      throw new Fault('bad-data', 'unknown', { member }, { cause })
    }
  }
  return {
    report: (measure) => ask({ ask: 'report', measure }),
    clock: () => ask({ ask: 'clock' }),
    mark: (mark) => ask({ ask: 'mark', mark }),
    unmark: async (mark) => void (await ask({ ask: 'unmark', mark })),
    look: (files) => ask({ ask: 'look', files }),
  }
}

async function answerTo(body: string, here: HostQuestions): Promise<unknown> {
  const { ask, measure, mark, files } = fieldsOf(body)
  if (ask === 'report') return here.report(measure === true)
  if (ask === 'clock') return here.clock()
  if (ask === 'look' && isFiles(files)) return here.look(files)
  if (ask === 'mark' && isMark(mark)) return here.mark(mark)
  if (ask === 'unmark' && isMark(mark)) return here.unmark(mark).then(() => ({}))
  throw new Fault('bad-data', 'not-done', {})
}

function isFiles(value: unknown): value is readonly FileWanted[] {
  if (!Array.isArray(value) || value.length > maxFiles) return false
  return value.every((each: unknown) => {
    const { path, mark } = (each ?? {}) as Partial<Record<keyof FileWanted, unknown>>
    return typeof path === 'string' && path.startsWith('/') && (mark === null || isMark(mark))
  })
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    // Not JSON: it asks nothing.
    return {}
  }
}
