import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { useCallback, useMemo, useState } from 'react'
import type { GuestSummary } from '../../contract/status.ts'
import { Graph } from '../now/graph.tsx'
import { needNode } from '../now/graph-data.ts'
import { FaultNote } from '../parts/fault-note.tsx'
import { useWords, type Words } from '../state/language.tsx'
import { live } from '../state/live.ts'
import { note } from '../state/notes.ts'
import { useStore } from '../state/store.ts'
import { ApplyPreview } from './apply-preview.tsx'
import { circleOf } from './circle.ts'
import { type Edit, edited, type OnLoss } from './edit-file.ts'
import { useFile } from './use-file.ts'

/** Needs are drawn from guest to guest; a circle is refused as it is drawn, and the lines of the file are shown before they are applied. */
export function DrawSection() {
  const words = useWords()
  const { t } = words
  const guests = useStore(live, (state) => state.status?.guests ?? noGuests)
  const file = useFile()
  const [edits, setEdits] = useState<readonly Edit[]>([])
  const [guest, setGuest] = useState<string | null>(null)
  const shown = useMemo(() => drawn(guests, edits), [guests, edits])
  const refuses = useCallback((from: string, to: string) => refusalOf(shown, from, to, words), [shown, words])
  const add = useCallback(
    (from: string, to: string, service: string | null, onLoss: OnLoss) => {
      const refusal = refuses(from, to)
      if (refusal !== null) return note('warning', refusal)
      const first = service ?? guests.find(({ id }) => id === to)?.services[0]?.key ?? ''
      const need = first === '' ? to : `${to}:${first}`
      setEdits((before) => [...before, { kind: 'add-need', guest: from, need, onLoss }])
    },
    [guests, refuses],
  )
  const connect = useCallback((from: string, to: string) => add(from, to, null, 'pause'), [add])
  if (file.fault !== null) return <FaultNote fault={file.fault} />
  if (file.value === null) return <p role="status">{t('loading')}</p>
  const after = textAfter(file.value.text, edits)
  const remove = (id: string, need: string): void =>
    setEdits((before) => {
      const drawnNow = before.find((edit) => edit.kind === 'add-need' && edit.guest === id && edit.need === need)
      if (drawnNow !== undefined) return before.filter((edit) => edit !== drawnNow)
      return [...before, { kind: 'remove-need', guest: id, need }]
    })
  return (
    <section>
      <p>{t('draw-hint')}</p>
      <div className="v-draw-graph">
        <Graph guests={shown} selected={guest} onSelect={setGuest} onConnect={connect} refuses={refuses} />
      </div>
      <DrawForm guests={shown} guest={guest} onGuest={setGuest} onAdd={add} refuses={refuses} />
      {guest !== null && <NeedsNow guests={shown} guest={guest} onRemove={remove} />}
      {edits.length > 0 && (
        <>
          <h2>{t('draw-preview')}</h2>
          {typeof after === 'string' ? (
            <ApplyPreview
              path={file.value.path}
              before={file.value.text}
              text={after}
              onApplied={() => {
                setEdits([])
                file.again()
              }}
            />
          ) : (
            <p role="alert">{t('file-by-hand', { what: after.message })}</p>
          )}
          <button type="button" className="v-button" onClick={() => setEdits([])}>
            {t('file-back')}
          </button>
        </>
      )}
    </section>
  )
}

const noGuests: readonly GuestSummary[] = []

function textAfter(text: string, edits: readonly Edit[]): string | Error {
  try {
    return edited(text, edits)
  } catch (error) {
    return error as Error
  }
}

/** The guests as the drawing has them now. */
function drawn(guests: readonly GuestSummary[], edits: readonly Edit[]): readonly GuestSummary[] {
  if (edits.length === 0) return guests
  return guests.map((guest) => {
    const own = edits.filter((edit) => edit.guest === guest.id)
    if (own.length === 0) return guest
    const gone = new Set(
      own.filter(({ kind }) => kind === 'remove-need').map((edit) => ('need' in edit ? edit.need : '')),
    )
    const added = own.flatMap((edit) =>
      edit.kind === 'add-need'
        ? [
            {
              text: edit.need,
              guest: edit.need.split(':')[0]!,
              onLoss: edit.onLoss,
              state: 'not-answering-yet' as const,
            },
          ]
        : [],
    )
    return { ...guest, needs: [...guest.needs.filter(({ text }) => !gone.has(text)), ...added] }
  })
}

function refusalOf(guests: readonly GuestSummary[], from: string, to: string, { t }: Words): string | null {
  if (from === to) return t('draw-itself')
  const needs = new Map(guests.map((guest) => [guest.id, guest.needs.map(needNode)]))
  const circle = circleOf(needs, from, to)
  return circle === null ? null : t('draw-cycle', { chain: circle.join(' → ') })
}

function DrawForm(props: {
  readonly guests: readonly GuestSummary[]
  readonly guest: string | null
  readonly onGuest: (guest: string | null) => void
  readonly onAdd: (guest: string, need: string, service: string | null, onLoss: OnLoss) => void
  readonly refuses: (from: string, to: string) => string | null
}) {
  const { guests, guest, onGuest, onAdd, refuses } = props
  const { t, onLoss: lossWord } = useWords()
  const [need, setNeed] = useState('')
  const [service, setService] = useState('')
  const [onLoss, setOnLoss] = useState<OnLoss>('pause')
  const services = guests.find(({ id }) => id === need)?.services ?? []
  const refusal = guest !== null && need !== '' ? refuses(guest, need) : null
  return (
    <div className="v-filters">
      <label>
        <span>{t('draw-guest')}</span>
        <select value={guest ?? ''} onChange={(event) => onGuest(event.target.value || null)}>
          <option value="" />
          {guests.map(({ id }) => (
            <option key={id}>{id}</option>
          ))}
        </select>
      </label>
      <label>
        <span>{t('draw-needs')}</span>
        <select value={need} onChange={(event) => setNeed(event.target.value)}>
          <option value="" />
          {guests.map(({ id }) => (
            <option key={id}>{id}</option>
          ))}
        </select>
      </label>
      <label>
        <span>{t('draw-service')}</span>
        <select value={service} onChange={(event) => setService(event.target.value)}>
          <option value="">{t('draw-running')}</option>
          {services.map(({ key }) => (
            <option key={key}>{key}</option>
          ))}
        </select>
      </label>
      <label>
        <span>{t('draw-on-loss')}</span>
        <select value={onLoss} onChange={(event) => setOnLoss(event.target.value as OnLoss)}>
          {(['pause', 'keep', 'restart', 'stop'] as const).map((name) => (
            <option key={name} value={name}>
              {lossWord(name)}
            </option>
          ))}
        </select>
      </label>
      <Button
        isDisabled={guest === null || need === '' || refusal !== null}
        onClick={() => guest !== null && onAdd(guest, need, service, onLoss)}
      >
        {t('draw-add')}
      </Button>
      {refusal !== null && <p role="alert">{refusal}</p>}
    </div>
  )
}

function NeedsNow(props: {
  readonly guests: readonly GuestSummary[]
  readonly guest: string
  readonly onRemove: (guest: string, need: string) => void
}) {
  const { t } = useWords()
  const needs = props.guests.find(({ id }) => id === props.guest)?.needs ?? []
  return (
    <section>
      <h2>{t('draw-now', { guest: props.guest })}</h2>
      {needs.length === 0 && <p className="v-dim">{t('needs-nothing')}</p>}
      <ul className="v-plain-list">
        {needs.map(({ text }) => (
          <li key={text}>
            {text}{' '}
            <Button
              size="sm"
              variant="link"
              aria-label={`${t('draw-remove')}: ${text}`}
              onClick={() => props.onRemove(props.guest, text)}
            >
              {t('draw-remove')}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  )
}
