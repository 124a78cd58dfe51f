import 'uplot/dist/uPlot.min.css'
import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import { useWords } from '../state/language.tsx'
import { isDark, theme } from '../state/preferences.ts'
import { useStore } from '../state/store.ts'

export interface Line {
  readonly name: string
  readonly values: readonly (number | null)[]
}

interface LineChartProps {
  readonly from: number
  readonly step: number
  readonly series: readonly Line[]
  readonly unit: string
}

const heightPx = 200

/** Told apart by colour and by dashes. */
const strokes = [
  { light: '#0066cc', dark: '#92c5f9', dash: [] },
  { light: '#b1380b', dark: '#f8ae54', dash: [6, 3] },
  { light: '#3d7317', dark: '#afdc8f', dash: [2, 3] },
  { light: '#5e40be', dark: '#b6a6e9', dash: [8, 3, 2, 3] },
] as const

/** A picture for the eye; the figures are said beside it. */
export function LineChart({ from, step, series, unit }: LineChartProps) {
  const place = useRef<HTMLDivElement>(null)
  const { locale, t } = useWords()
  const chosen = useStore(theme, (name) => name)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme is read through isDark
  useEffect(() => {
    const element = place.current
    if (element === null) return
    const dark = isDark()
    const ink = dark ? '#c7c7c7' : '#4d4d4d'
    const grid = dark ? '#444' : '#e0e0e0'
    const times = (series[0]?.values ?? []).map((_, index) => (from + index * step) / 1_000)
    const axis = { stroke: ink, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 } }
    const chart = new uPlot(
      {
        width: Math.max(240, element.clientWidth),
        height: heightPx,
        // The page's policy allows it no cursor that writes its place into attributes of style.
        legend: { show: series.length > 1, live: false },
        scales: { y: { range: (_, low, high) => [Math.min(0, low ?? 0), (high ?? 0) <= 0 ? 1 : high * 1.1] } },
        axes: [
          { ...axis, values: (_, ticks) => ticks.map((at) => label(at, ticks, locale)) },
          { ...axis, size: 64 },
        ],
        series: [
          {},
          ...series.map(({ name }, index) => {
            const { light, dark: onDark, dash } = strokes[index % strokes.length]!
            return { label: name, stroke: dark ? onDark : light, width: 1.6, dash: [...dash], points: { show: false } }
          }),
        ],
      },
      [times, ...series.map(({ values }) => [...values])],
      element,
    )
    const observer = new ResizeObserver(() =>
      chart.setSize({ width: Math.max(240, element.clientWidth), height: heightPx }),
    )
    observer.observe(element)
    return () => {
      observer.disconnect()
      chart.destroy()
    }
  }, [from, step, series, locale, chosen])
  return (
    <div
      ref={place}
      className="v-chart"
      role="img"
      aria-label={t('chart-label', { series: series.map(({ name }) => name).join(', '), unit })}
    />
  )
}

function label(at: number, ticks: readonly number[], locale: string): string {
  const span = (ticks.at(-1) ?? 0) - (ticks[0] ?? 0)
  const date = new Date(at * 1_000)
  const tag = locale === 'en' ? 'en-GB' : locale
  return span < 100_000
    ? date.toLocaleTimeString(tag, { hour: '2-digit', minute: '2-digit' })
    : date.toLocaleDateString(tag, { day: '2-digit', month: '2-digit' })
}
