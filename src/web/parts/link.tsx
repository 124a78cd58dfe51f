import type { AnchorHTMLAttributes, MouseEvent, ReactNode } from 'react'
import { go } from '../state/navigation.ts'
import { hrefOf, type Route } from '../state/route.ts'

/** A link inside the console: a real address, followed without a reload. */
export function Link({
  to,
  children,
  ...rest
}: { readonly to: Route; readonly children: ReactNode } & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'>) {
  const href = hrefOf(to)
  const follow = (event: MouseEvent<HTMLAnchorElement>): void => {
    rest.onClick?.(event)
    // With a key held it is the browser's affair: a new tab, a new window.
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return
    event.preventDefault()
    go(to)
  }
  return (
    <a {...rest} href={href} onClick={follow}>
      {children}
    </a>
  )
}

export function GuestLink({ guest }: { readonly guest: string }) {
  return <Link to={{ page: 'guest', guest, tab: 'overview' }}>{guest}</Link>
}

export function HostLink({ host }: { readonly host: string }) {
  return <Link to={{ page: 'host', host }}>{host}</Link>
}
