import { type ReactNode, useEffect, useRef, useState } from 'react'

export interface ReportColumn<Row> {
  readonly key: string
  readonly heading: string
  cell(row: Row): ReactNode
  /** Figures stand under each other. */
  readonly isFigure?: boolean
}

interface ReportTableProps<Row> {
  readonly caption: string
  /** The first names its row. */
  readonly columns: readonly ReportColumn<Row>[]
  readonly rows: readonly Row[]
  rowKey(row: Row): string
}

/** All rows at once, whole on paper; on a phone each row is a card. Columns that say nothing in any row are left out. */
export function ReportTable<Row>({ caption, columns, rows, rowKey }: ReportTableProps<Row>) {
  const shown = columns.filter(({ cell }, place) => place === 0 || rows.some((row) => !isEmpty(cell(row))))
  const box = useRef<HTMLDivElement>(null)
  const [isWide, setWide] = useState(false)
  useEffect(() => {
    const element = box.current
    if (element === null) return
    const observer = new ResizeObserver(() => setWide(element.scrollWidth > element.clientWidth))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  // What is to be scrolled can be reached by keyboard.
  const scrolled = isWide ? { tabIndex: 0, role: 'region', 'aria-label': caption } : {}
  return (
    <div ref={box} className="v-table-box v-report-table" {...scrolled}>
      <table className="v-table">
        <caption className="v-hidden">{caption}</caption>
        <thead>
          <tr>
            {shown.map(({ key, heading, isFigure }) => (
              <th key={key} scope="col" className={isFigure ? 'v-figure' : undefined}>
                {heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {shown.map(({ key, heading, cell, isFigure }, place) =>
                place === 0 ? (
                  <th key={key} scope="row">
                    {cell(row)}
                  </th>
                ) : (
                  <td key={key} data-label={heading} className={isFigure ? 'v-figure' : undefined}>
                    {cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function isEmpty(node: ReactNode): boolean {
  return node === '' || node === null || node === undefined || node === false
}
