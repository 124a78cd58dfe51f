/** A rule that did not hold, when, and what was seen. */
export interface Broken {
  readonly rule: string
  /** Milliseconds since the world began. */
  readonly at: number
  readonly text: string
}

/** The numbered rules of safety that the checkers' own rules stand for. */
const numbers: Readonly<Record<string, string>> = {
  'runs-twice': 'S1',
  'starts-unnamed': 'S1',
  'epoch-falls': 'S1',
  'taken-without-proof': 'S2',
  'proven-and-alive': 'S2',
  'proof-by-no-watchdog': 'S3',
  'store-outage-kills': 'S5',
  'outage-kills': 'S5',
  'too-many-fenced': 'S6',
  'takes-unknown-for-stopped': 'S7',
  'arrives-unnamed': 'S8',
  'starts-unasked': 'S9',
  'given-up': 'S10',
  'wish-lost': 'S12',
  'runs-elsewhere': 'S13',
}

/** Enough to see what is wrong; a rule broken at every step would fill the memory. */
const maxBroken = 200

export class BrokenRules {
  readonly found: Broken[] = []

  add(rule: string, at: number, text: string): void {
    if (this.found.length >= maxBroken) return
    const number = numbers[rule]
    this.found.push({ rule, at: Math.round(at), text: number === undefined ? text : `${number}: ${text}` })
  }
}
