import { useState } from 'react'
import type { ForesightPlayView, ForesightQuery, ForesightView } from '../../contract/availability.ts'
import type { Fault } from '../../model/fault.ts'
import { percent } from '../../text/availability-text.ts'
import { api } from '../api/api.ts'
import { faultOf, session } from '../api/ask.ts'
import { FaultNote } from '../parts/fault-note.tsx'
import { useAsked } from '../parts/use-asked.ts'
import { type ReportWords, useReportWords } from '../state/report-words.tsx'
import { useStore } from '../state/store.ts'
import { Bar } from './pictures.tsx'
import { ReportTable } from './report-table.tsx'

const yearMs = 365 * 86_400_000
const aYear = (share: number): number => Math.round(share * yearMs)

const plays = 8

/** What is to be expected of the cluster as it is, of each change, and of one of the reader's own. */
export function OutlookSection() {
  const words = useReportWords()
  const { r } = words
  const now = useAsked(() => api.foresight({}), [])
  return (
    <section aria-labelledby="outlook">
      <h2 id="outlook">{r('outlook')}</h2>
      <p className="v-dim">{r('outlook-about')}</p>
      {now.fault !== null && <FaultNote fault={now.fault} />}
      {now.value === null && now.fault === null && <p role="status">{r('reckoning')}</p>}
      {now.value !== null && <Outlook view={now.value} words={words} />}
    </section>
  )
}

function Outlook({ view, words }: { readonly view: ForesightView; readonly words: ReportWords }) {
  const { r, cli } = words
  if (view.outlook === null) return <p>{cli('foresee-too-large')}</p>
  const { availability, shares } = view.outlook
  const all = Math.max(1e-15, 1 - availability)
  const parts = (['restarting', 'givenUp', 'failingOver', 'waitingForHost'] as const).filter((part) => shares[part] > 0)
  return (
    <>
      <p className="v-answer">{expected(view.outlook.availability, words)}</p>
      <h3>{r('source-of-downtime')}</h3>
      <div className="v-strips">
        {parts.map((part) => {
          const said = { what: cli(`foresee-${part}`), down: words.duration(aYear(shares[part])) }
          return (
            <div key={part} className="v-strip-row">
              <span className="v-strip-name">{said.what}</span>
              <Bar share={shares[part] / all} tone="bad" label={r('share-label', said)} />
              <span className="v-figure">{said.down}</span>
            </div>
          )
        })}
      </div>
      <h3>{r('better')}</h3>
      {view.improvements.length === 0 ? (
        <p>{cli('foresee-none')}</p>
      ) : (
        <ReportTable
          caption={r('better')}
          columns={[
            { key: 'change', heading: r('change'), cell: ({ change }) => cli(`change-${change}`) },
            {
              ...{ key: 'availability', heading: r('availability'), isFigure: true },
              cell: ({ outlook }) => percent(words, outlook.availability),
            },
            {
              ...{ key: 'gain', heading: r('gain'), isFigure: true },
              cell: ({ gain }) => words.duration(aYear(gain)),
            },
          ]}
          rows={view.improvements}
          rowKey={({ change }) => change}
        />
      )}
      <OwnChange now={view} words={words} />
      <details className="v-assumptions">
        <summary>{cli('foresee-assumes').replace(/:$/, '')}</summary>
        <ReportTable
          caption={r('assumption')}
          columns={[
            { key: 'what', heading: r('assumption'), cell: ({ what }) => cli(`assume-${what as 'hosts'}`) },
            { key: 'value', heading: r('value'), isFigure: true, cell: ({ what }) => valueText(what, view, words) },
            { key: 'source', heading: r('source'), cell: (one) => sourceText(one, words) },
          ]}
          rows={view.assumptions}
          rowKey={({ what }) => what}
        />
        <p className="v-dim">{cli('foresee-apart')}</p>
      </details>
    </>
  )
}

function expected(availability: number, words: ReportWords): string {
  const down = words.duration(aYear(1 - availability))
  return words.r('expected', { availability: percent(words, availability), down })
}

/** A change that the reader thinks of, reckoned as it is typed; and the play with the real core. */
function OwnChange({ now, words }: { readonly now: ForesightView; readonly words: ReportWords }) {
  const { r } = words
  const [change, setChange] = useState<ForesightQuery>({})
  const [played, setPlayed] = useState<ForesightPlayView | null>(null)
  const [fault, setFault] = useState<Fault | null>(null)
  const [isBusy, setBusy] = useState(false)
  const isOperator = useStore(session, (who) => who != null && who.user.role !== 'viewer')
  const isChanged = Object.keys(change).length > 0
  const asked = useAsked(() => (isChanged ? api.foresight(change) : Promise.resolve(null)), [JSON.stringify(change)])
  const set = (key: keyof ForesightQuery, text: string, factor = 1): void => {
    const { [key]: _, ...rest } = change
    const value = Math.round(Number(text) * factor)
    setPlayed(null)
    setChange(text === '' || !(value > 0) ? rest : { ...rest, [key]: String(value) })
  }
  const play = async (): Promise<void> => {
    setBusy(true)
    setFault(null)
    try {
      setPlayed(await api.foresightPlay({ plays, change }))
    } catch (error) {
      setFault(faultOf(error))
    }
    setBusy(false)
  }
  const { design } = now
  const seconds = (ms: number | null): string => (ms === null ? '–' : words.number(Math.round(ms / 100) / 10))
  const fields = [
    { key: 'hosts', label: r('outlook-hosts'), now: words.number(design.hosts), factor: 1 },
    { key: 'bootMs', label: r('outlook-boot'), now: seconds(design.bootMs), factor: 1_000 },
    { key: 'failoverMs', label: r('outlook-failover'), now: seconds(design.failoverMs), factor: 1_000 },
  ] as const
  return (
    <div className="v-screen-only">
      <div className="v-filters">
        {fields.map(({ key, label, now: value, factor }) => (
          <label key={key}>
            <span>{label}</span>
            <input
              type="number"
              min="0"
              max={key === 'hosts' ? 1_000 : 86_400}
              step={key === 'hosts' ? 1 : 'any'}
              placeholder={r('as-it-is', { value })}
              onChange={(event) => set(key, event.target.value, factor)}
            />
          </label>
        ))}
        {!design.standby && (
          <label className="v-check">
            <input type="checkbox" onChange={(event) => set('standby', event.target.checked ? '1' : '')} />{' '}
            {r('outlook-standby')}
          </label>
        )}
      </div>
      <p aria-live="polite">
        {isChanged && asked.value?.outlook != null && (
          <strong>
            {r('outlook-changed', {
              availability: percent(words, asked.value.outlook.availability),
              down: words.duration(aYear(1 - asked.value.outlook.availability)),
            })}
          </strong>
        )}
      </p>
      {asked.fault !== null && <FaultNote fault={asked.fault} />}
      {isOperator && (
        <p>
          <button type="button" className="v-button" disabled={isBusy} onClick={() => void play()}>
            {isBusy ? r('reckoning') : r('play-button')}
          </button>{' '}
          <span className="v-dim">{r('play-about')}</span>
        </p>
      )}
      {fault !== null && <FaultNote fault={fault} />}
      {played !== null && (
        <p role="status">
          {words.cli('foresee-played', {
            plays: played.played.plays,
            from: percent(words, Math.max(0, played.played.from)),
            until: percent(words, Math.min(1, played.played.until)),
          })}
        </p>
      )}
    </div>
  )
}

function valueText(what: string, { design }: ForesightView, words: ReportWords): string {
  const value = design[what as keyof ForesightView['design']]
  if (value === null) return words.cli('assume-never')
  if (what === 'incurable') return percent(words, Number(value))
  return what.endsWith('Ms') ? words.duration(Number(value)) : words.number(Number(value))
}

function sourceText({ source, count }: ForesightView['assumptions'][number], { cli }: ReportWords): string {
  const said = cli(`source-${source}`)
  return count === null ? said : cli('source-count', { source: said, count })
}
