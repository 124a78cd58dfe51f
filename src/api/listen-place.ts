import { isIP } from 'node:net'

/** Where people reach the API over the network, or through what relays to a path. */
export type ListenPlace =
  | { readonly kind: 'port'; readonly host: string; readonly port: number }
  | { readonly kind: 'path'; readonly path: string }

/** `192.0.2.1:8443`, `[2001:db8::1]:8443`, `[::]:8443` (every address), `/run/vigia/console.sock`. Null: none of these. */
export function parseListenPlace(text: string): ListenPlace | null {
  if (text.startsWith('/')) return { kind: 'path', path: text }
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+)):([0-9]{1,5})$/.exec(text)
  const host = match?.[1] ?? match?.[2] ?? ''
  const port = Number(match?.[3])
  const family = match?.[1] === undefined ? 4 : 6
  return isIP(host) === family && port <= 65_535 ? { kind: 'port', host, port } : null
}

/** Several, as an environment variable has them: with spaces or commas between. */
export function splitPlaces(text: string): string[] {
  return text.split(/[\s,]+/).filter((place) => place !== '')
}

export function placeText(place: ListenPlace): string {
  if (place.kind === 'path') return place.path
  return isIP(place.host) === 6 ? `[${place.host}]:${place.port}` : `${place.host}:${place.port}`
}

/**
 * Under which address a browser reaches it; `name`: this host's, for a place that is all of its addresses. Null: nobody can tell from
 * here, because something relays to it.
 */
export function urlOfPlace(place: ListenPlace, name: string): string | null {
  if (place.kind === 'path') return null
  const every = place.host === '0.0.0.0' || place.host === '::'
  return `https://${every ? `${name}:${place.port}` : placeText(place)}`
}
