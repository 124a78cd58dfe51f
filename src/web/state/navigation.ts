import { hrefOf, parseRoute, type Route } from './route.ts'
import { createStore, useStore } from './store.ts'

const here = (): string => location.pathname + location.search

/** With which the console was opened. */
export const firstRoute = parseRoute(here())

const route = createStore<Route>(firstRoute)

window.addEventListener('popstate', () => route.set(parseRoute(here())))

export function useRoute(): Route {
  return useStore(route, (value) => value)
}

/** `replace`: the place that is left is no step for the back button. */
export function go(to: Route | string, options: { readonly replace?: boolean } = {}): void {
  const href = typeof to === 'string' ? to : hrefOf(to)
  if (href !== here()) {
    if (options.replace) history.replaceState(null, '', href)
    else history.pushState(null, '', href)
  }
  route.set(parseRoute(href))
}
