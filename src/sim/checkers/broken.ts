/** A rule that did not hold, when, and what was seen. */
export interface Broken {
  readonly rule: string
  /** Milliseconds since the world began. */
  readonly at: number
  readonly text: string
}

/** Enough to see what is wrong; a rule broken at every step would fill the memory. */
const maxBroken = 200

export class BrokenRules {
  readonly found: Broken[] = []

  add(rule: string, at: number, text: string): void {
    if (this.found.length < maxBroken) this.found.push({ rule, at: Math.round(at), text })
  }
}
