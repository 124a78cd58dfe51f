import { useState } from 'react'
import { api } from '../api/api.ts'
import type { MetricsRange, MetricsView } from '../api/wire.ts'
import { useWords, type Words } from '../state/language.tsx'
import { FaultNote } from './fault-note.tsx'
import { LineChart } from './line-chart.tsx'
import { useAsked } from './use-asked.ts'

const ranges: readonly MetricsRange[] = ['hour', 'day', 'month', 'year']

/** The graphs of a host, a guest or a service, hour to year. */
export function Chart({ subject }: { readonly subject: string }) {
  const { t } = useWords()
  const [range, setRange] = useState<MetricsRange>('hour')
  const asked = useAsked(() => api.metrics(subject, range), [subject, range])
  return (
    <section>
      <div className="v-toggle" role="group" aria-label={t('range')}>
        {ranges.map((name) => (
          <button key={name} type="button" aria-pressed={range === name} onClick={() => setRange(name)}>
            {t(`range-${name}`)}
          </button>
        ))}
      </div>
      {asked.fault !== null && <FaultNote fault={asked.fault} />}
      {asked.value !== null && <Series view={asked.value} />}
    </section>
  )
}

function Series({ view }: { readonly view: MetricsView }) {
  const words = useWords()
  const { t } = words
  const units = [...Map.groupBy(view.series, ({ unit }) => unit)]
  if (view.series.every(({ values }) => values.every((value) => value === null))) {
    return <p className="v-empty">{t('no-metrics')}</p>
  }
  return (
    <div className="v-charts">
      {view.absent.length > 0 && <p>{t('metrics-absent', { hosts: words.list(view.absent) })}</p>}
      {units.map(([unit, series]) => (
        <figure key={unit}>
          <figcaption>
            {series.map(({ name }) => seriesName(name, words)).join(', ')} ({unitName(unit, words)})
          </figcaption>
          <LineChart
            from={view.from}
            step={view.step}
            series={series.map(({ name, values }) => ({ name: seriesName(name, words), values }))}
            unit={unitName(unit, words)}
          />
          <details>
            <summary>{t('as-text')}</summary>
            <table className="v-table">
              <thead>
                <tr>
                  <th scope="col">{t('series')}</th>
                  <th scope="col">{t('latest-value')}</th>
                  <th scope="col">{t('least')}</th>
                  <th scope="col">{t('average')}</th>
                  <th scope="col">{t('most')}</th>
                </tr>
              </thead>
              <tbody>
                {series.map(({ name, values }) => {
                  const known = values.filter((value) => value !== null)
                  const average = known.reduce((sum, value) => sum + value, 0) / Math.max(1, known.length)
                  return (
                    <tr key={name}>
                      <th scope="row">{seriesName(name, words)}</th>
                      {[known.at(-1), Math.min(...known), average, Math.max(...known)].map((value, index) => (
                        // biome-ignore lint/suspicious/noArrayIndexKey: four columns that never change their place
                        <td key={index}>
                          {value === undefined || !Number.isFinite(value) ? '–' : rounded(value, words)}
                        </td>
                      ))}
                    </tr>
                  )
                })}
              </tbody>
            </table>
          </details>
        </figure>
      ))}
    </div>
  )
}

function rounded(value: number, { number }: Words): string {
  return number(Math.abs(value) < 10 ? Math.round(value * 100) / 100 : Math.round(value))
}

const seriesNames = [
  'cpu',
  'memory-total',
  'memory-given',
  'memory-used',
  'disk-read',
  'disk-write',
  'net-receive',
  'net-send',
  'latency',
  'answered',
] as const

function seriesName(name: string, { t }: Words): string {
  const found = seriesNames.find((one) => one === name)
  return found === undefined ? name : t(`series-${found}`)
}

/** As people write it; a percentage of one processor may be over 100. */
function unitName(unit: string, { t }: Words): string {
  if (unit === 'percent') return '%'
  return unit === 'percent-of-one' ? t('unit-percent-of-one') : unit === 'bytes/s' ? 'B/s' : unit
}
