import type { Sink } from './context.ts'

/** Draws a block of lines again and again in its own place. */
export interface Screen {
  draw(lines: readonly string[]): void
  /** A line that stays, above the block. */
  keep(line: string): void
}

const eraseBelow = '\u001b[0J'

export function createScreen(sink: Sink): Screen {
  let drawn: readonly string[] = []
  const back = (): string => (drawn.length === 0 ? '\r' : `\u001b[${drawn.length}A\r`)
  return {
    draw(lines) {
      if (lines.length === drawn.length && lines.every((line, index) => line === drawn[index])) return
      sink.write(`${back()}${eraseBelow}${lines.map((line) => `${line}\n`).join('')}`)
      drawn = lines
    },
    keep(line) {
      sink.write(`${back()}${eraseBelow}${line}\n${drawn.map((one) => `${one}\n`).join('')}`)
    },
  }
}
