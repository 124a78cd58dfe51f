import type { AvailabilitySubjectView } from '../../contract/availability.ts'

type Strip = AvailabilitySubjectView['strip']

const stripColumns = 1_000

/** What a time looked like: colour, and hatching beside it. The figures are said by `label`. */
export function StripPicture({ strip, label }: { readonly strip: Strip; readonly label: string }) {
  let begin = 0
  return (
    <svg
      className="v-strip-picture"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${stripColumns} 20`}
      preserveAspectRatio="none"
    >
      {strip.map(({ condition, columns }) => {
        const x = begin
        begin += columns
        return <rect key={x} x={x} width={columns} height="20" className={`v-strip-${condition}`} />
      })}
    </svg>
  )
}

/** Hatching of planned work and of what nobody saw: once a page. */
export function Hatchings() {
  return (
    <svg aria-hidden="true" className="v-hatchings">
      <defs>
        <pattern id="v-hatch-planned" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="8" height="8" fill="#6a9fd8" />
          <rect width="3" height="8" fill="#2b6cb0" />
        </pattern>
        <pattern id="v-hatch-unseen" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">
          <rect width="8" height="8" fill="#e4e6e8" />
          <rect width="2" height="8" fill="#8b9094" />
        </pattern>
      </defs>
    </svg>
  )
}

/** A part of a whole, as a bar. `tone`: what it means. */
export function Bar(props: {
  readonly share: number
  readonly label: string
  readonly tone?: 'bad' | 'good' | 'warning' | 'plain'
}) {
  const { share, label, tone = 'plain' } = props
  const width = Math.max(share > 0 ? 4 : 0, Math.min(1, share) * stripColumns)
  return (
    <svg className="v-bar" role="img" aria-label={label} viewBox={`0 0 ${stripColumns} 20`} preserveAspectRatio="none">
      <rect width={stripColumns} height="20" className="v-bar-all" />
      <rect width={width} height="20" className={`v-bar-${tone}`} />
    </svg>
  )
}

export interface Column {
  readonly key: string
  readonly name: string
  /** Null: nothing is known. */
  readonly value: number | null
}

const [columnHeight, columnRoom] = [100, 40]

/** Upright bars between a lowest and a highest value; the values are said by `label` and stand in a table beside. */
export function Columns(props: {
  readonly columns: readonly Column[]
  readonly lowest: number
  readonly highest: number
  readonly label: string
}) {
  const { columns, lowest, highest, label } = props
  const scale = highest > lowest ? columnHeight / (highest - lowest) : 0
  return (
    <svg
      className="v-columns-picture"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${Math.max(1, columns.length) * columnRoom} ${columnHeight}`}
      preserveAspectRatio="none"
    >
      {columns.map(({ key, value }, place) => {
        const height = value === null ? columnHeight : Math.max(1, (value - lowest) * scale)
        return (
          <rect
            key={key}
            x={place * columnRoom + 4}
            width={columnRoom - 8}
            y={columnHeight - height}
            height={height}
            className={value === null ? 'v-strip-not-observed' : 'v-strip-up'}
          />
        )
      })}
    </svg>
  )
}
