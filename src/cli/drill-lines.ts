import type { DrillReport } from '../model/drills/report.ts'
import { figureCells, figureHeadings, groupTitle, headLines, noteLines } from '../text/drill-text.ts'
import type { CliContext } from './context.ts'
import { table } from './table.ts'

export function reportLines({ text, paint }: CliContext, report: DrillReport, width: number | null): string[] {
  const columns = figureHeadings.map((key) => ({ heading: text.cli(key) }))
  return [
    ...headLines(text, report),
    ...report.groups.flatMap((group) => [
      '',
      paint.strong(groupTitle(text, group)),
      ...table(
        columns,
        group.figures.map((figure) => figureCells(text, figure)),
        paint,
        width,
      ),
      ...noteLines(text, group),
    ]),
  ]
}
