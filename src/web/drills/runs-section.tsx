import type { DrillPlan, DrillRun } from '../../model/drill.ts'
import { runFigures } from '../../model/drills/report.ts'
import { duringText, measureText, valueText } from '../../text/drill-text.ts'
import { ReportTable } from '../reports/report-table.tsx'
import { fieldsOf } from './drill-draft.ts'
import { type DrillWords, useDrillText } from './use-drill-text.ts'

/** Every single run, and what it was measured with: for whoever reckons it again. */
export function RunsSection({ plan, runs }: { readonly plan: DrillPlan; readonly runs: readonly DrillRun[] }) {
  const words = useDrillText()
  const { r } = words
  return (
    <>
      <details className="v-assumptions">
        <summary>{r('drill-each-run', { count: runs.length })}</summary>
        {plan.measures.map((measure) => {
          const own = runs.filter((run) => run.measure === measure)
          const names = [...new Set(own.flatMap((run) => runFigures(run).map(({ name }) => name)))]
          const title = measureText(words, measure)
          return own.length === 0 ? null : (
            <ReportTable
              key={measure}
              caption={title}
              columns={[
                {
                  ...{ key: 'during', heading: r('drill-during') },
                  cell: ({ during, number }: DrillRun) => `${duringText(words, during)} ${words.number(number)}`,
                },
                { key: 'at', heading: r('drill-run-at'), cell: ({ at }: DrillRun) => words.time(at) },
                ...names.map((name) => ({
                  ...{ key: name, heading: words.cli(`figure-${name}`), isFigure: true },
                  cell: (run: DrillRun) => {
                    const found = runFigures(run).find((one) => one.name === name)
                    return found === undefined ? '' : valueText(words, found.unit, found.value)
                  },
                })),
              ]}
              rows={own}
              rowKey={({ during, number }) => `${during} ${number}`}
            />
          )
        })}
      </details>
      <details className="v-assumptions">
        <summary>{r('drill-settings-used')}</summary>
        <ReportTable
          caption={r('drill-settings-used')}
          columns={[
            { key: 'setting', heading: r('drill-setting'), cell: (field) => r(`field-${field}`) },
            {
              key: 'value',
              heading: r('drill-value'),
              isFigure: true,
              cell: (field) => settingText(words, plan, field),
            },
          ]}
          rows={settingsOf(plan)}
          rowKey={(field) => field}
        />
      </details>
    </>
  )
}

type Setting = Exclude<ReturnType<typeof fieldsOf>[number], 'runs'>

function settingsOf(plan: DrillPlan): readonly Setting[] {
  return fieldsOf({ ...plan, fields: {} }).filter((field) => field !== 'runs')
}

function settingText({ number, r }: DrillWords, plan: DrillPlan, field: Setting): string {
  const value = plan[field]
  if (value === null) return r(field === 'to' ? 'field-to-any' : 'field-service-only')
  // The labels of durations say that they are in seconds.
  if (typeof value === 'number') return number(field.endsWith('Ms') ? value / 1_000 : value)
  return value
}
