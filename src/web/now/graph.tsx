import { type KeyboardEvent, memo, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { GuestSummary } from '../../contract/status.ts'
import { useWords } from '../state/language.tsx'
import { DrawnLine, useDrawing } from './drawing.tsx'
import { edgeLookOf, externalNode, graphNodes, kinOf, needNode, nodeBeyond, portOf, shapeOf } from './graph-data.ts'
import { ExternalNode, GuestNode } from './graph-node.tsx'
import { labelHalf, type PlacedEdge, placeEdges, signRadius } from './labels.ts'
import { type LayoutForm, layOut } from './layout.ts'
import { usePanning } from './panning.ts'
import { ZoomButtons } from './zoom-buttons.tsx'

/** Below this width of the drawing's window waves go downwards. */
const narrowPx = 700

/** With more edges than this, ports are written only where one looks. */
const labelledAtMost = 60

export interface GraphProps {
  readonly guests: readonly GuestSummary[]
  readonly selected: string | null
  readonly onSelect: (guest: string | null) => void
  /** What a click on an edge does; without it edges take none. */
  readonly onEdge?: (guest: string, need: string) => void
  /** A line was drawn from a guest to what it shall need; without it none can be. */
  readonly onConnect?: (guest: string, need: string) => void
  /** Why such a line cannot be: said while it is drawn. */
  readonly refuses?: (guest: string, need: string) => string | null
}

export function Graph({ guests: all, selected, onSelect, onEdge, onConnect, refuses }: GraphProps) {
  const { t } = useWords()
  const view = useRef<HTMLDivElement>(null)
  const size = useSize(view)
  const isNarrow = (size?.width ?? 0) < narrowPx
  const perLine = perLineFor(size?.width ?? 0, size?.height ?? 0)
  const form = useMemo(() => formFor(isNarrow, perLine), [isNarrow, perLine])
  // Nothing is drawn for a window of unknown size: it would be drawn once more a moment later.
  const guests = size === null ? noGuests : all
  const shape = shapeOf(guests)
  // biome-ignore lint/correctness/useExhaustiveDependencies: nodes move only when the shape changes, not with every state
  const layout = useMemo(() => layOut(graphNodes(guests), form), [shape, form])
  // biome-ignore lint/correctness/useExhaustiveDependencies: as above
  const edges = useMemo(() => placeEdges(guests, layout, form), [shape, layout, form])
  const [hovered, setHovered] = useState<string | null>(null)
  const [focused, setFocused] = useState<string | null>(null)
  const { zoom, setZoom, fit } = usePanning(view, layout)
  const at = selected ?? hovered
  const line = useDrawing(view, zoom, onConnect, refuses)
  // biome-ignore lint/correctness/useExhaustiveDependencies: as above
  const kin = useMemo(() => (at === null ? null : kinOf(guests, at)), [shape, at])
  const first = focused ?? selected ?? guests[0]?.id ?? null
  const ends = useRef({ first: guests[0]?.id, last: guests.at(-1)?.id })
  useEffect(() => {
    ends.current = { first: guests[0]?.id, last: guests.at(-1)?.id }
  }, [guests])
  // The same function while nothing moves: with another one each state all guests would be drawn again for the state of one.
  const key = useCallback(
    (event: KeyboardEvent, id: string) => {
      if (event.key === 'Escape') return onSelect(null)
      const target =
        event.key === 'Home'
          ? ends.current.first
          : event.key === 'End'
            ? ends.current.last
            : event.key.startsWith('Arrow')
              ? nodeBeyond(layout, id, event.key as 'ArrowLeft')
              : null
      if (!target) return
      event.preventDefault()
      view.current?.querySelector<HTMLElement>(`[data-node="${CSS.escape(target)}"]`)?.focus()
    },
    [layout, onSelect],
  )
  const externals = [...layout.places.keys()].filter((id) => id.startsWith(externalNode('')))
  const isSparse = guests.reduce((sum, { needs }) => sum + needs.length, 0) <= labelledAtMost
  return (
    <div className="v-graph">
      <ZoomButtons zoom={zoom} onZoom={setZoom} onFit={fit} />
      <div
        ref={view}
        className="v-graph-view"
        role="group"
        aria-label={t('graph-label', { count: all.length })}
        tabIndex={-1}
      >
        <div className="v-plane-size" style={{ width: layout.width * zoom, height: layout.height * zoom }}>
          <div
            className={`v-plane${zoom < 0.6 ? ' v-plane-far' : ''}${kin === null ? '' : ' v-plane-dim'}`}
            style={{ width: layout.width, height: layout.height, transform: `scale(${zoom})` }}
          >
            <svg className="v-edges" width={layout.width} height={layout.height} aria-hidden="true">
              {guests.map((guest) => (
                <Edges
                  key={guest.id}
                  guest={guest}
                  placed={edges.get(guest.id) ?? none}
                  labelPx={form.labelPx}
                  isKin={kin?.has(guest.id) ?? false}
                  kin={kin}
                  labelled={
                    guest.id === at || (at !== null && guest.needs.some((need) => needNode(need) === at))
                      ? 'all'
                      : isSparse
                        ? 'roomy'
                        : 'none'
                  }
                  onEdge={onEdge}
                />
              ))}
            </svg>
            {line !== null && <DrawnLine line={line} layout={layout} />}
            {externals.map((id) => (
              <ExternalNode key={id} id={id} place={layout.places.get(id)!} form={form} isKin={kin?.has(id) ?? false} />
            ))}
            {guests.map((guest) => (
              <GuestNode
                key={guest.id}
                guest={guest}
                place={layout.places.get(guest.id)!}
                form={form}
                isSelected={guest.id === selected}
                isKin={kin?.has(guest.id) ?? false}
                isFirst={guest.id === first}
                onSelect={onSelect}
                onHover={setHovered}
                onFocus={setFocused}
                onKey={key}
              />
            ))}
          </div>
        </div>
      </div>
    </div>
  )
}

const none: ReadonlyMap<string, PlacedEdge> = new Map()

interface EdgesProps {
  readonly guest: GuestSummary
  readonly placed: ReadonlyMap<string, PlacedEdge>
  readonly labelPx: number
  readonly isKin: boolean
  readonly kin: ReadonlySet<string> | null
  /** `roomy`: where a port stands beside no other. */
  readonly labelled: 'all' | 'roomy' | 'none'
  readonly onEdge: GraphProps['onEdge']
}

/** All that one guest needs. Drawn again only when something of this guest changed. */
const Edges = memo(function Edges({ guest, placed, labelPx, isKin, kin, labelled, onEdge }: EdgesProps) {
  return (
    <g>
      {guest.needs.map((need) => {
        const line = placed.get(need.text)
        if (line === undefined) return null
        const look = edgeLookOf(need)
        const near = isKin && (kin?.has(needNode(need)) ?? false) ? ' v-edge-kin' : ''
        const port = portOf(need)
        const isLabelled = port !== '' && (labelled === 'all' || (labelled === 'roomy' && line.isRoomy))
        const { x, y } = line.label
        const sign = isLabelled ? { x: x - labelHalf(port, labelPx) - signRadius - 3, y: y - 4 } : line.at(signAt)
        return (
          // biome-ignore lint/a11y/noStaticElementInteractions: the same is in the panel, for the keyboard
          <g key={need.text} className={`v-edge v-edge-${look}${near}`} onClick={() => onEdge?.(guest.id, need.text)}>
            <path className="v-edge-hit" d={line.path} />
            <path className="v-edge-line" d={line.path} />
            {look !== 'answers' && <Sign look={look} x={sign.x} y={sign.y} />}
            {isLabelled && (
              <text x={x} y={y} textAnchor="middle" fontSize={labelPx}>
                {port}
              </text>
            )}
          </g>
        )
      })}
    </g>
  )
})

/** On an edge without a text beside it. */
const signAt = 0.66

/** Not colour alone: a cross, two bars, three dots. */
function Sign({
  look,
  x,
  y,
}: {
  readonly look: 'waiting' | 'paused' | 'broken'
  readonly x: number
  readonly y: number
}) {
  return (
    <g transform={`translate(${x} ${y})`}>
      <circle r={signRadius} className="v-edge-sign" />
      {look === 'broken' && <path className="v-edge-mark" d="M-3.5-3.5l7 7M3.5-3.5l-7 7" />}
      {look === 'paused' && <path className="v-edge-mark" d="M-2.5-3.5v7M2.5-3.5v7" />}
      {look === 'waiting' && <path className="v-edge-mark" d="M-4 0h.1M0 0h.1M4 0h.1" />}
    </g>
  )
}

const noGuests: readonly GuestSummary[] = []

const narrowNode = { nodeWidth: 136, nodeHeight: 58, nodeGap: 12, labelPx: 15 } as const
const wideNode = { nodeWidth: 186, nodeHeight: 62, nodeGap: 22, labelPx: 11 } as const

/** Guests in a line of a wave, of those that are broken into lines. */
function perLineFor(width: number, height: number): number {
  return width < narrowPx
    ? Math.max(2, Math.floor((width - 32) / (narrowNode.nodeWidth + narrowNode.nodeGap)))
    : Math.max(6, Math.floor((height - 48) / (wideNode.nodeHeight + wideNode.nodeGap)))
}

function formFor(isNarrow: boolean, perLine: number): LayoutForm {
  return isNarrow
    ? { ...narrowNode, direction: 'down', waveGap: 72, lineGap: 16, perLine }
    : { ...wideNode, direction: 'right', waveGap: 96, lineGap: 26, perLine }
}

interface Size {
  readonly width: number
  readonly height: number
}

/** Null until it was measured. */
function useSize(view: React.RefObject<HTMLDivElement | null>): Size | null {
  const [size, setSize] = useState<Size | null>(null)
  useLayoutEffect(() => {
    const element = view.current
    if (element === null) return
    const measure = (): void => {
      const { clientWidth: width, clientHeight: height } = element
      setSize((last) => (last?.width === width && last.height === height ? last : { width, height }))
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [view])
  return size
}
