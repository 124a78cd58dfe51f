/** Minute, hour, day of the month, month, day of the week: what each field may hold, and the names it knows. */
const fields: readonly (readonly [least: number, most: number, names: readonly string[]])[] = [
  [0, 59, []],
  [0, 23, []],
  [1, 31, []],
  [1, 12, ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']],
  [0, 7, ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']],
]

/** A pattern of five fields as cron(8) takes it: `0 3 * * sun`, `30 22 1,15 * *`, `0 2 * * mon-fri/2`. */
export function isCron(text: string): boolean {
  const words = text.trim().split(/\s+/)
  return (
    words.length === fields.length && words.every((word, place) => word.split(',').every((part) => isPart(part, place)))
  )
}

/** One item of a list: `*`, a value or a span of them, each with a step or without. */
function isPart(part: string, place: number): boolean {
  const found = /^(?:\*|([0-9a-z]+)(?:-([0-9a-z]+))?)(?:\/([0-9]{1,3}))?$/i.exec(part)
  if (found === null) return false
  const [, from, until, step] = found
  if (step !== undefined && (Number(step) === 0 || (from !== undefined && until === undefined))) return false
  const [first, last] = [from, until].map((word) => (word === undefined ? null : fieldValue(word, place)))
  if (Number.isNaN(first) || Number.isNaN(last)) return false
  return first == null || last == null || first <= last
}

function fieldValue(word: string, place: number): number {
  const [least, most, names] = fields[place]!
  const name = names.indexOf(word.toLowerCase())
  if (name >= 0) return name + (least === 1 ? 1 : 0)
  const value = /^[0-9]{1,2}$/.test(word) ? Number(word) : Number.NaN
  return value >= least && value <= most ? value : Number.NaN
}
