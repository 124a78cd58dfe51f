import { type KeyboardEvent, memo } from 'react'
import type { GuestSummary } from '../../contract/status.ts'
import { lookOf } from '../parts/look.ts'
import { guestWord, LookIcon } from '../parts/look-icon.tsx'
import { useWords } from '../state/language.tsx'
import { externalNode } from './graph-data.ts'
import type { LayoutForm, Place } from './layout.ts'

interface GuestNodeProps {
  readonly guest: GuestSummary
  readonly place: Place
  readonly form: LayoutForm
  readonly isSelected: boolean
  readonly isKin: boolean
  /** The one that the tab key comes to; from there on arrows lead. */
  readonly isFirst: boolean
  readonly onSelect: (guest: string | null) => void
  readonly onHover: (guest: string | null) => void
  readonly onFocus: (guest: string | null) => void
  readonly onKey: (event: KeyboardEvent, guest: string) => void
}

export const GuestNode = memo(function GuestNode(props: GuestNodeProps) {
  const { guest, place, form, isSelected, isKin, isFirst } = props
  const words = useWords()
  const look = lookOf(guest)
  const word = guestWord(guest, words)
  const why = words.reason(guest.because)
  const classes = `v-node v-node-${look}${isSelected ? ' v-node-selected' : ''}${isKin ? ' v-node-kin' : ''}`
  return (
    <button
      type="button"
      className={classes}
      data-node={guest.id}
      style={{ left: place.x, top: place.y, width: form.nodeWidth, height: form.nodeHeight }}
      aria-pressed={isSelected}
      tabIndex={isFirst ? 0 : -1}
      onClick={() => props.onSelect(isSelected ? null : guest.id)}
      onMouseEnter={() => props.onHover(guest.id)}
      onMouseLeave={() => props.onHover(null)}
      onFocus={() => props.onFocus(guest.id)}
      onKeyDown={(event) => props.onKey(event, guest.id)}
    >
      <LookIcon look={look} />
      <span className="v-node-name">{guest.id}</span>
      <span className="v-hidden">, </span>
      <span className="v-node-state">
        {word}
        {guest.host !== null && <span className="v-node-host"> · {guest.host}</span>}
      </span>
      <span className="v-hidden">{`: ${guest.id} ${why}`}</span>
      <span className="v-node-why" aria-hidden="true">
        {why}
      </span>
    </button>
  )
})

export function ExternalNode(props: {
  readonly id: string
  readonly place: Place
  readonly form: LayoutForm
  readonly isKin: boolean
}) {
  const { t } = useWords()
  const { place, form } = props
  return (
    <div
      className={`v-node v-node-external${props.isKin ? ' v-node-kin' : ''}`}
      style={{ left: place.x, top: place.y, width: form.nodeWidth, height: form.nodeHeight }}
    >
      <span className="v-node-name">{props.id.slice(externalNode('').length)}</span>
      <span className="v-node-state">{t('outside')}</span>
    </div>
  )
}
