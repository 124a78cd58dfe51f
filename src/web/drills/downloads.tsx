import type { DrillReport } from '../../model/drills/report.ts'
import { wallTime } from '../../model/ids.ts'
import { csv } from '../../text/csv.ts'
import { drillPage } from '../../text/drill-page.ts'
import { reportRows } from '../../text/drill-text.ts'
import { Command } from '../parts/command.tsx'
import { live } from '../state/live.ts'
import { useReportWords } from '../state/report-words.tsx'
import { reportCommand } from './drill-command.ts'
import { useDrillText } from './use-drill-text.ts'

interface DownloadsProps {
  readonly report: DrillReport
  /** What the JSON file holds. */
  readonly data: object
}

const formats = ['HTML', 'CSV', 'JSON'] as const
type Format = (typeof formats)[number]
const types = { HTML: 'text/html', CSV: 'text/csv', JSON: 'application/json' } as const satisfies Record<Format, string>

/** The report as a file, made here of what the page has: the same files as the command line writes. */
export function Downloads({ report, data }: DownloadsProps) {
  const words = useDrillText()
  const { cli } = useReportWords()
  const { r, t } = words
  const name = fileName(report.id)
  const textOf: Readonly<Record<Format, () => string>> = {
    HTML: () => {
      const version = live.get().status?.version ?? ''
      return drillPage(words, cli('report-made', { version, time: words.time(wallTime(Date.now())) }), report)
    },
    CSV: () => csv(reportRows(report)),
    JSON: () => `${JSON.stringify(data, null, 2)}\n`,
  }
  return (
    <div className="v-screen-only">
      <p className="v-run v-drill-files">
        <button type="button" className="v-button" onClick={() => print()}>
          {r('drill-print')}
        </button>
        {formats.map((format) => (
          <button
            key={format}
            type="button"
            className="v-button"
            onClick={() => saveFile(`${name}.${format.toLowerCase()}`, types[format], textOf[format]())}
          >
            {r('drill-download', { format })}
          </button>
        ))}
      </p>
      <p className="v-dim">
        {t('in-terminal')} <Command text={reportCommand(report.id, `${name}.pdf`)} isQuiet />
      </p>
    </div>
  )
}

/** Whatever a drill is called, its file has a name that every system takes. */
function fileName(drill: string): string {
  return `drill-${drill.replaceAll(/[^\w.-]+/g, '-')}`
}

/** How long the browser may take to read it. */
const keptMs = 30_000

function saveFile(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), keptMs)
}
