import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

interface MeasuredFigure {
  readonly name: string
  readonly unit: string
  readonly value: number
}

/** Every figure of docs/measured/*.json as a reader sees it, by its name. Empty where nothing was measured yet. */
export function measuredFigures(root: string): ReadonlyMap<string, string> {
  const folder = join(root, 'docs/measured')
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : []
  return new Map(
    files
      .sort()
      .flatMap((name) => figuresOf(JSON.parse(readFileSync(join(folder, name), 'utf8'))))
      .map((figure) => [figure.name, shown(figure)]),
  )
}

function figuresOf(content: unknown): MeasuredFigure[] {
  if (typeof content !== 'object' || content === null || !('figures' in content)) return []
  return Array.isArray(content.figures) ? content.figures.filter(isFigure) : []
}

function isFigure(value: unknown): value is MeasuredFigure {
  const figure = value as Partial<MeasuredFigure> | null
  return typeof figure?.name === 'string' && typeof figure.value === 'number' && typeof figure.unit === 'string'
}

const units: Readonly<Record<string, string>> = { times: ' x', count: '', '%': ' %' }

function shown({ value, unit }: MeasuredFigure): string {
  return `${rounded(value)}${units[unit] ?? ` ${unit}`}`
}

/** Three digits that mean something; whole numbers as they are. */
function rounded(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)))
}
