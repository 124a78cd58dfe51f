import { existsSync, readFileSync, statSync } from 'node:fs'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Wall-clock time of a line of Corosync or Pacemaker, ms; null: it begins with none. They write no year: it is that of `now`. */
export function timeOf(line: string, now: Date): number | null {
  const found = /^(\w{3}) +(\d+) (\d+):(\d+):(\d+)\.(\d{3})/.exec(line)
  if (found === null) return null
  const [month = '', ...numbers] = found.slice(1)
  const [day = 0, hours = 0, minutes = 0, seconds = 0, milliseconds = 0] = numbers.map(Number)
  return new Date(now.getFullYear(), MONTHS.indexOf(month), day, hours, minutes, seconds, milliseconds).getTime()
}

/** The line by which Pacemaker asks an agent to start a guest. */
export function startOf(guest: string): RegExp {
  return new RegExp(`Requesting local execution of start operation for ${guest}\\b`)
}

/** The line by which it takes a host for dead. */
export function deathOf(host: string): RegExp {
  return new RegExp(`Peer ${host} was terminated`)
}

/** What is written to a few files from now on. */
export class LogTails {
  readonly #from: ReadonlyMap<string, number>

  constructor(files: readonly string[]) {
    this.#from = new Map(files.map((file) => [file, existsSync(file) ? statSync(file).size : 0]))
  }

  /** When a line that matches was first written, ms of wall-clock time, in whichever file; null: not yet. */
  firstAt(pattern: RegExp): number | null {
    const now = new Date()
    const times = [...this.#from].flatMap(([file, from]) => {
      const text = existsSync(file) ? readFileSync(file).subarray(from).toString('utf8') : ''
      const line = text.split('\n').find((one) => pattern.test(one))
      const at = line === undefined ? null : timeOf(line, now)
      return at === null ? [] : [at]
    })
    return times.length === 0 ? null : Math.min(...times)
  }
}
