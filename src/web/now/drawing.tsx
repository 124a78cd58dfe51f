import { type RefObject, useEffect, useState } from 'react'
import type { Layout } from './layout.ts'

/** A line on its way, in px of the drawing. */
export interface Line {
  readonly x1: number
  readonly y1: number
  readonly x2: number
  readonly y2: number
  /** Why it cannot end here; null: it can, or it is over nothing. */
  readonly refusal: string | null
}

/** Shorter than this it was a click. */
const leastPx = 12

/** Lines drawn with the mouse from guest to guest. The keyboard has a form beside the drawing. */
export function useDrawing(
  view: RefObject<HTMLDivElement | null>,
  zoom: number,
  onConnect: ((guest: string, need: string) => void) | undefined,
  refuses: ((guest: string, need: string) => string | null) | undefined,
): Line | null {
  const [line, setLine] = useState<Line | null>(null)
  useEffect(() => {
    const element = view.current
    if (element === null || onConnect === undefined) return
    let from: { readonly guest: string; readonly x: number; readonly y: number } | null = null
    const place = (event: PointerEvent): { readonly x: number; readonly y: number } => {
      const box = element.querySelector('.v-plane')!.getBoundingClientRect()
      return { x: (event.clientX - box.left) / zoom, y: (event.clientY - box.top) / zoom }
    }
    const down = (event: PointerEvent): void => {
      const guest = nodeAt(event)
      if (guest === null || event.button !== 0 || event.pointerType !== 'mouse') return
      from = { guest, ...place(event) }
    }
    const move = (event: PointerEvent): void => {
      if (from === null) return
      const { x, y } = place(event)
      const over = nodeAt(event)
      const refusal = over === null || over === from.guest ? null : (refuses?.(from.guest, over) ?? null)
      setLine(Math.hypot(x - from.x, y - from.y) < leastPx ? null : { x1: from.x, y1: from.y, x2: x, y2: y, refusal })
    }
    const up = (event: PointerEvent): void => {
      const over = nodeAt(event)
      const began = from
      from = null
      setLine(null)
      if (began !== null && over !== null && over !== began.guest) onConnect(began.guest, over)
    }
    element.addEventListener('pointerdown', down)
    addEventListener('pointermove', move)
    addEventListener('pointerup', up)
    return () => {
      element.removeEventListener('pointerdown', down)
      removeEventListener('pointermove', move)
      removeEventListener('pointerup', up)
    }
  }, [view, zoom, onConnect, refuses])
  return line
}

function nodeAt(event: PointerEvent): string | null {
  const under = document.elementFromPoint(event.clientX, event.clientY)?.closest<HTMLElement>('[data-node]')
  return under?.dataset.node ?? null
}

export function DrawnLine({ line, layout }: { readonly line: Line; readonly layout: Layout }) {
  const { x1, y1, x2, y2, refusal } = line
  return (
    <>
      <svg className="v-edges v-drawn" width={layout.width} height={layout.height} aria-hidden="true">
        <path className={refusal === null ? '' : 'v-drawn-refused'} d={`M${x1} ${y1}L${x2} ${y2}`} />
      </svg>
      {refusal !== null && (
        <p className="v-drawn-why" role="alert" style={{ left: x2, top: y2 }}>
          {refusal}
        </p>
      )}
    </>
  )
}
