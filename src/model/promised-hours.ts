/** Minutes since midnight on the clocks of the zone, `until` exclusive; 1440 is the end of the day. */
export interface DayHours {
  readonly from: number
  readonly until: number
}

/** When a service is promised to be there. */
export interface PromisedHours {
  readonly name: string
  /** As the IANA tables call it: `America/Sao_Paulo`. */
  readonly timeZone: string
  /** Sunday first; each in order, apart from each other. */
  readonly days: readonly (readonly DayHours[])[]
  /** Days on which nothing is promised: `2026-12-25`, or each year `12-25`. */
  readonly holidays: readonly string[]
}
