import { csv } from '../text/csv.ts'
import type { CliContext } from './context.ts'

/** One thing a command has to show, in every format. `data` travels as JSON and YAML as it is. */
export interface Output {
  readonly data: object
  readonly lines: () => readonly string[]
  /** The first row names the columns, in English: programs read it. */
  readonly rows: () => readonly (readonly (string | number | boolean | null)[])[]
}

export async function show(context: CliContext, output: Output): Promise<void> {
  switch (context.format) {
    case 'json':
      context.out.write(`${JSON.stringify(output.data, null, 2)}\n`)
      return
    case 'yaml': {
      const { stringify, Scalar } = await import('yaml')
      // Amounts of money keep all digits of their currency.
      const withDigits = (_: string, value: unknown, written?: { readonly source?: string }): unknown => {
        const digits = typeof value === 'number' ? /^-?\d+\.(\d+)$/.exec(written?.source ?? '')?.[1] : undefined
        return digits === undefined ? value : Object.assign(new Scalar(value), { minFractionDigits: digits.length })
      }
      context.out.write(stringify(JSON.parse(JSON.stringify(output.data), withDigits)))
      return
    }
    case 'csv':
      context.out.write(csv(output.rows()))
      return
    case 'table':
      showLines(context, output.lines())
  }
}

export function showLines(context: CliContext, lines: readonly string[]): void {
  if (lines.length > 0) context.out.write(`${lines.join('\n')}\n`)
}

/** A message: never among the data. */
export function say(context: CliContext, line: string): void {
  context.err.write(`${line}\n`)
}

/** A message for people that is part of what they asked for; a program gets it in the data instead. */
export function tell(context: CliContext, line: string): void {
  if (context.format === 'table') context.out.write(`${line}\n`)
}
