/** Operator's log. Never fails, never blocks a decision; fields are plain data without secrets. */
export interface Log {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void
  error(message: string, fields?: Readonly<Record<string, unknown>>): void
}

export const silentLog: Log = { info: () => {}, warn: () => {}, error: () => {} }
