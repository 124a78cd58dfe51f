import { type RefObject, useEffect } from 'react'

/**
 * A console takes every key, also Tab: who has no mouse would never leave it. Ctrl and Alt together, and let go without another key, lead
 * out, as in virt-viewer; to the guest they are two keys that do nothing.
 */
export function useWayOut(place: RefObject<HTMLElement | null>, onLeave: () => void): void {
  useEffect(() => {
    const element = place.current
    if (element === null) return
    let isMeant = false
    const down = (event: KeyboardEvent): void => {
      isMeant = (event.key === 'Alt' && event.ctrlKey) || (event.key === 'Control' && event.altKey)
    }
    const up = ({ key }: KeyboardEvent): void => {
      if (isMeant && (key === 'Alt' || key === 'Control')) onLeave()
      isMeant = false
    }
    // Before the console itself sees them.
    element.addEventListener('keydown', down, true)
    element.addEventListener('keyup', up, true)
    return () => {
      element.removeEventListener('keydown', down, true)
      element.removeEventListener('keyup', up, true)
    }
  }, [place, onLeave])
}
