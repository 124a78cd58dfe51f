import { type KeyboardEvent, memo, useCallback, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { GuestSummary } from '../../contract/status.ts'
import { useWords } from '../state/language.tsx'
import { DrawnLine, useDrawing } from './drawing.tsx'
import {
  edgeLookOf,
  edgePath,
  externalNode,
  graphNodes,
  kinOf,
  needNode,
  nodeBeyond,
  portOf,
  shapeOf,
} from './graph-data.ts'
import { ExternalNode, GuestNode } from './graph-node.tsx'
import { type Layout, type LayoutForm, layOut } from './layout.ts'
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

export function Graph({ guests, selected, onSelect, onEdge, onConnect, refuses }: GraphProps) {
  const { t } = useWords()
  const view = useRef<HTMLDivElement>(null)
  const size = useSize(view)
  const form = useMemo(() => formFor(size.width, size.height), [size.width, size.height])
  const shape = shapeOf(guests)
  // biome-ignore lint/correctness/useExhaustiveDependencies: nodes move only when the shape changes, not with every state
  const layout = useMemo(() => layOut(graphNodes(guests), form), [shape, form])
  const [hovered, setHovered] = useState<string | null>(null)
  const [focused, setFocused] = useState<string | null>(null)
  const { zoom, setZoom, fit } = usePanning(view, layout)
  const at = selected ?? hovered
  const line = useDrawing(view, zoom, onConnect, refuses)
  // biome-ignore lint/correctness/useExhaustiveDependencies: as above
  const kin = useMemo(() => (at === null ? null : kinOf(guests, at)), [shape, at])
  const first = focused ?? selected ?? guests[0]?.id ?? null
  const key = useCallback(
    (event: KeyboardEvent, id: string) => {
      if (event.key === 'Escape') return onSelect(null)
      const target =
        event.key === 'Home'
          ? guests[0]?.id
          : event.key === 'End'
            ? guests.at(-1)?.id
            : event.key.startsWith('Arrow')
              ? nodeBeyond(layout, id, event.key as 'ArrowLeft')
              : null
      if (!target) return
      event.preventDefault()
      view.current?.querySelector<HTMLElement>(`[data-node="${CSS.escape(target)}"]`)?.focus()
    },
    [guests, layout, onSelect],
  )
  const externals = [...layout.places.keys()].filter((id) => id.startsWith(externalNode('')))
  const edges = guests.reduce((sum, { needs }) => sum + needs.length, 0)
  return (
    <div className="v-graph">
      <ZoomButtons zoom={zoom} onZoom={setZoom} onFit={fit} />
      <div
        ref={view}
        className="v-graph-view"
        role="group"
        aria-label={t('graph-label', { count: guests.length })}
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
                  layout={layout}
                  form={form}
                  isKin={kin?.has(guest.id) ?? false}
                  kin={kin}
                  areLabelled={
                    edges <= labelledAtMost ||
                    guest.id === at ||
                    (at !== null && guest.needs.some((n) => needNode(n) === at))
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

interface EdgesProps {
  readonly guest: GuestSummary
  readonly layout: Layout
  readonly form: LayoutForm
  readonly isKin: boolean
  readonly kin: ReadonlySet<string> | null
  readonly areLabelled: boolean
  readonly onEdge: GraphProps['onEdge']
}

/** All that one guest needs. Drawn again only when something of this guest changed. */
const Edges = memo(function Edges({ guest, layout, form, isKin, kin, areLabelled, onEdge }: EdgesProps) {
  return (
    <g>
      {guest.needs.map((need) => {
        const line = edgePath(layout, form, needNode(need), guest.id)
        if (line === null) return null
        const look = edgeLookOf(need)
        const near = isKin && (kin?.has(needNode(need)) ?? false) ? ' v-edge-kin' : ''
        const port = portOf(need)
        const { x, y } = line.label
        return (
          // biome-ignore lint/a11y/noStaticElementInteractions: the same is in the panel, for the keyboard
          <g key={need.text} className={`v-edge v-edge-${look}${near}`} onClick={() => onEdge?.(guest.id, need.text)}>
            <path className="v-edge-hit" d={line.path} />
            <path className="v-edge-line" d={line.path} />
            {look !== 'answers' && <Sign look={look} x={x} y={y} />}
            {areLabelled && port !== '' && (
              <text x={x} y={y - (look === 'answers' ? 4 : 11)} textAnchor="middle">
                {port}
              </text>
            )}
          </g>
        )
      })}
    </g>
  )
})

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
      <circle r="8" className="v-edge-sign" />
      {look === 'broken' && <path className="v-edge-mark" d="M-3.5-3.5l7 7M3.5-3.5l-7 7" />}
      {look === 'paused' && <path className="v-edge-mark" d="M-2.5-3.5v7M2.5-3.5v7" />}
      {look === 'waiting' && <path className="v-edge-mark" d="M-4 0h.1M0 0h.1M4 0h.1" />}
    </g>
  )
}

function formFor(width: number, height: number): LayoutForm {
  if (width < narrowPx) {
    const nodeWidth = 148
    const perLine = Math.max(2, Math.floor((width - 32) / (nodeWidth + 12)))
    return { direction: 'down', nodeWidth, nodeHeight: 58, waveGap: 52, nodeGap: 12, lineGap: 16, perLine }
  }
  const nodeHeight = 62
  const perLine = Math.max(6, Math.floor((height - 48) / (nodeHeight + 22)))
  return { direction: 'right', nodeWidth: 186, nodeHeight, waveGap: 96, nodeGap: 22, lineGap: 26, perLine }
}

function useSize(view: React.RefObject<HTMLDivElement | null>): { readonly width: number; readonly height: number } {
  const [size, setSize] = useState(() => ({ width: innerWidth, height: innerHeight - 200 }))
  useLayoutEffect(() => {
    const element = view.current
    if (element === null) return
    const measure = (): void => setSize({ width: element.clientWidth, height: element.clientHeight })
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [view])
  return size
}
