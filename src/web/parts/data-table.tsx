import { type ReactNode, useMemo, useState } from 'react'
import { useWords } from '../state/language.tsx'
import { keep, kept } from '../state/preferences.ts'

export interface Column<RowData> {
  readonly key: string
  readonly heading: string
  cell(row: RowData): ReactNode
  /** What it is sorted by; without it, it is not. */
  order?(row: RowData): string | number
  /** Cannot be hidden: without it one would not know what the row is. */
  readonly isFixed?: boolean
  /** Not shown until somebody asks for it. */
  readonly isHidden?: boolean
}

interface DataTableProps<RowData> {
  /** Under this name the chosen columns are kept. */
  readonly name: string
  readonly caption: string
  readonly columns: readonly Column<RowData>[]
  readonly rows: readonly RowData[]
  rowKey(row: RowData): string
  readonly empty: string
  /** With it rows can be chosen. */
  readonly chosen?: ReadonlySet<string>
  readonly onChoose?: (chosen: ReadonlySet<string>) => void
}

/** Rows in view at first: a table of many thousand is loaded piece by piece. */
const pieceSize = 200

/** A table that can be sorted, its columns chosen; on a phone each row becomes a card. */
export function DataTable<RowData>(props: DataTableProps<RowData>) {
  const { name, caption, columns, rows, rowKey, empty, chosen, onChoose } = props
  const { t } = useWords()
  const [hidden, setHidden] = useState(() => hiddenOf(name, columns))
  const [sort, setSort] = useState<{ readonly key: string; readonly down: boolean } | null>(null)
  const [most, setMost] = useState(pieceSize)
  const shown = columns.filter(({ key, isFixed }) => isFixed || !hidden.has(key))
  const sorted = useMemo(() => sortedRows(rows, columns, sort), [rows, columns, sort])
  const toggle = (key: string): void => {
    const next = new Set(hidden)
    if (!next.delete(key)) next.add(key)
    keep(`columns-${name}`, [...next].join(','))
    setHidden(next)
  }
  const choose = (key: string): void => {
    const next = new Set(chosen)
    if (!next.delete(key)) next.add(key)
    onChoose?.(next)
  }
  const isAll = chosen !== undefined && rows.length > 0 && rows.every((row) => chosen.has(rowKey(row)))
  const chooseAll = (): void => onChoose?.(isAll ? new Set() : new Set(rows.map(rowKey)))
  return (
    <div className="v-table-box">
      {columns.length > 2 && (
        <details className="v-columns">
          <summary>{t('columns')}</summary>
          <fieldset>
            <legend className="v-hidden">{t('columns')}</legend>
            {columns
              .filter(({ isFixed }) => !isFixed)
              .map(({ key, heading }) => (
                <label key={key}>
                  <input type="checkbox" checked={!hidden.has(key)} onChange={() => toggle(key)} /> {heading}
                </label>
              ))}
          </fieldset>
        </details>
      )}
      {chosen !== undefined && rows.length > 0 && (
        <label className="v-choose-all">
          <input type="checkbox" checked={isAll} onChange={chooseAll} /> {t('choose-all')}
        </label>
      )}
      <table className="v-table">
        <caption className="v-hidden">{caption}</caption>
        <thead>
          <tr>
            {chosen !== undefined && (
              <td className="v-choose">
                <input type="checkbox" aria-label={t('choose-all')} checked={isAll} onChange={chooseAll} />
              </td>
            )}
            {shown.map((column) => (
              <Heading key={column.key} column={column} sort={sort} onSort={setSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.slice(0, most).map((row) => {
            const key = rowKey(row)
            return (
              <tr key={key} className={chosen?.has(key) ? 'v-row-chosen' : undefined}>
                {chosen !== undefined && (
                  <td className="v-choose">
                    <input
                      type="checkbox"
                      aria-label={t('choose', { name: key })}
                      checked={chosen.has(key)}
                      onChange={() => choose(key)}
                    />
                  </td>
                )}
                {shown.map((column) =>
                  column.isFixed ? (
                    <th key={column.key} scope="row">
                      {column.cell(row)}
                    </th>
                  ) : (
                    <td key={column.key} data-label={column.heading}>
                      {column.cell(row)}
                    </td>
                  ),
                )}
              </tr>
            )
          })}
        </tbody>
      </table>
      {rows.length === 0 && <p className="v-empty">{empty}</p>}
      {rows.length > most && (
        <button type="button" className="v-button" onClick={() => setMost(most + pieceSize)}>
          {t('show-more', { count: rows.length - most })}
        </button>
      )}
    </div>
  )
}

function Heading<RowData>(props: {
  readonly column: Column<RowData>
  readonly sort: { readonly key: string; readonly down: boolean } | null
  readonly onSort: (sort: { readonly key: string; readonly down: boolean }) => void
}) {
  const { column, sort, onSort } = props
  const isSorted = sort?.key === column.key
  if (column.order === undefined) return <th scope="col">{column.heading}</th>
  return (
    <th scope="col" aria-sort={isSorted ? (sort.down ? 'descending' : 'ascending') : 'none'}>
      <button type="button" onClick={() => onSort({ key: column.key, down: isSorted && !sort.down })}>
        {column.heading}
        <span aria-hidden="true">{isSorted ? (sort.down ? ' ↓' : ' ↑') : ''}</span>
      </button>
    </th>
  )
}

function sortedRows<RowData>(
  rows: readonly RowData[],
  columns: readonly Column<RowData>[],
  sort: { readonly key: string; readonly down: boolean } | null,
): readonly RowData[] {
  const order = columns.find(({ key }) => key === sort?.key)?.order
  if (sort === null || order === undefined) return rows
  const sign = sort.down ? -1 : 1
  return rows.toSorted((a, b) => sign * compared(order(a), order(b)))
}

function compared(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return String(a).localeCompare(String(b), undefined, { numeric: true })
}

function hiddenOf(
  name: string,
  columns: readonly { readonly key: string; readonly isHidden?: boolean }[],
): ReadonlySet<string> {
  const said = kept(`columns-${name}`)
  if (said !== null) return new Set(said.split(','))
  return new Set(columns.filter(({ isHidden }) => isHidden).map(({ key }) => key))
}
