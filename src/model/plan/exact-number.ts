declare global {
  interface JSON {
    /** A number that is written with exactly these digits. */
    rawJSON(text: string): object
  }
}

/** For data that travels: a number, but with all its digits (`298810.00`). */
export function exactNumber(text: string): object {
  return JSON.rawJSON(text)
}
