import type { Log } from '../../ports/log.ts'

const levels = { error: 3, warn: 4, info: 6 } as const

/** One line a message on a stream, with the priority prefix that journald reads (sd-daemon(3)). Never throws. */
export function lineLog(write: (line: string) => void, from: keyof typeof levels = 'info'): Log {
  const at =
    (level: keyof typeof levels) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}): void => {
      if (levels[level] > levels[from]) return
      const rest = Object.entries(fields).map(([key, value]) => ` ${key}=${text(value)}`)
      write(`<${levels[level]}>${message.replaceAll('\n', ' ')}${rest.join('')}\n`)
    }
  return { info: at('info'), warn: at('warn'), error: at('error') }
}

function text(value: unknown): string {
  const plain = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
  return /^[\w./:@-]+$/.test(plain) ? plain : JSON.stringify(plain)
}
