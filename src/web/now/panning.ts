import { type RefObject, useCallback, useEffect, useLayoutEffect, useState } from 'react'
import type { Layout } from './layout.ts'

export const zoomLeast = 0.2
export const zoomMost = 2

/** Smaller than this nothing is read: a large drawing is scrolled instead. */
const fitLeast = 0.55

/**
 * The drawing lies in a window that scrolls: moving it is the browser's own scrolling, by touch, wheel, keyboard or (here) by drawing it with the mouse,
 * and nothing is drawn again for it. Ctrl and the wheel make it larger and smaller about the pointer.
 */
export function usePanning(view: RefObject<HTMLDivElement | null>, layout: Layout) {
  const [chosen, setChosen] = useState<number | null>(null)
  const [fitting, setFitting] = useState(1)
  const zoom = chosen ?? fitting

  const measure = useCallback(() => {
    const element = view.current
    if (element === null || layout.width === 0) return
    const whole = Math.min(1, element.clientWidth / layout.width, element.clientHeight / layout.height)
    setFitting(Math.max(fitLeast, whole))
  }, [view, layout])
  // Before it is shown: a drawing that shrinks once it was seen looks broken.
  useLayoutEffect(measure, [measure])

  const setZoom = useCallback(
    (next: number, about?: { readonly x: number; readonly y: number }) => {
      const element = view.current
      const to = Math.min(zoomMost, Math.max(zoomLeast, next))
      if (element === null) return setChosen(to)
      const { x, y } = about ?? { x: element.clientWidth / 2, y: element.clientHeight / 2 }
      const left = ((element.scrollLeft + x) / zoom) * to - x
      const top = ((element.scrollTop + y) / zoom) * to - y
      setChosen(to)
      requestAnimationFrame(() => element.scrollTo({ left, top }))
    },
    [view, zoom],
  )

  useEffect(() => {
    const element = view.current
    if (element === null) return
    const wheel = (event: WheelEvent): void => {
      if (!event.ctrlKey) return
      event.preventDefault()
      const box = element.getBoundingClientRect()
      setZoom(zoom * Math.exp(-event.deltaY / 400), { x: event.clientX - box.left, y: event.clientY - box.top })
    }
    element.addEventListener('wheel', wheel, { passive: false })
    return () => element.removeEventListener('wheel', wheel)
  }, [view, zoom, setZoom])

  useEffect(() => dragged(view.current), [view])

  const fit = useCallback(() => {
    setChosen(null)
    measure()
  }, [measure])
  return { zoom, setZoom, fit }
}

function dragged(element: HTMLDivElement | null): () => void {
  if (element === null) return () => undefined
  let from: { readonly x: number; readonly y: number; readonly left: number; readonly top: number } | null = null
  const down = (event: PointerEvent): void => {
    // Fingers scroll by themselves; a node that is pressed is chosen.
    if (event.pointerType !== 'mouse' || event.button !== 0) return
    if (event.target instanceof Element && event.target.closest('button') !== null) return
    from = { x: event.clientX, y: event.clientY, left: element.scrollLeft, top: element.scrollTop }
    element.classList.add('v-graph-dragged')
  }
  const move = (event: PointerEvent): void => {
    if (from === null) return
    element.scrollTo({ left: from.left - (event.clientX - from.x), top: from.top - (event.clientY - from.y) })
  }
  const up = (): void => {
    from = null
    element.classList.remove('v-graph-dragged')
  }
  element.addEventListener('pointerdown', down)
  addEventListener('pointermove', move)
  addEventListener('pointerup', up)
  return () => {
    element.removeEventListener('pointerdown', down)
    removeEventListener('pointermove', move)
    removeEventListener('pointerup', up)
  }
}
