import type { DrillFigure } from '../../model/drills/report.ts'

const [width, height] = [1_000, 30]

/** Where the ticks of the single runs stand. */
const ticksFrom = 24

/** A mean as a bar, the interval in which the true mean lies over it, a tick for each run below. All of it is said by `label`. */
export function DrillBar(props: { readonly figure: DrillFigure; readonly most: number; readonly label: string }) {
  const { figure, most, label } = props
  const { mean, margin } = figure.summary
  const at = (value: number): number => Math.round((Math.max(0, value) / most) * (width - 8) * 10) / 10 + 2
  const middle = ticksFrom / 2
  return (
    <svg
      className="v-drill-bar"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
    >
      <rect className="v-bar-plain" y="4" width={Math.max(2, at(mean ?? 0))} height={ticksFrom - 8} />
      {margin !== null && margin > 0 && mean !== null && (
        <path
          className="v-drill-whisker"
          vectorEffect="non-scaling-stroke"
          d={`M${at(mean - margin)} ${middle}H${at(mean + margin)}M${at(mean - margin)} 7V17M${at(mean + margin)} 7V17`}
        />
      )}
      <path
        className="v-drill-ticks"
        vectorEffect="non-scaling-stroke"
        d={figure.values.map((value) => `M${at(value)} ${ticksFrom}V${height}`).join('')}
      />
    </svg>
  )
}
