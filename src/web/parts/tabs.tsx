import { useEffect, useRef } from 'react'
import type { Route } from '../state/route.ts'
import { Link } from './link.tsx'

export interface TabLink {
  readonly key: string
  readonly title: string
  readonly to: Route
  readonly isHere: boolean
}

/** The parts of a page, each with its own address. */
export function Tabs({ label, tabs }: { readonly label: string; readonly tabs: readonly TabLink[] }) {
  const row = useRef<HTMLElement>(null)
  const here = tabs.find(({ isHere }) => isHere)?.key
  // On a phone the row is longer than the window: the one that is shown is always in view.
  // biome-ignore lint/correctness/useExhaustiveDependencies: for each other part anew
  useEffect(() => {
    const element = row.current
    const current = element?.querySelector<HTMLElement>('[aria-current]')
    if (element && current) {
      element.scrollTo({ left: current.offsetLeft - (element.clientWidth - current.offsetWidth) / 2 })
    }
  }, [here])
  return (
    <nav ref={row} className="v-tabs" aria-label={label}>
      <ul>
        {tabs.map(({ key, title, to, isHere }) => (
          <li key={key}>
            <Link to={to} aria-current={isHere ? 'page' : undefined}>
              {title}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
