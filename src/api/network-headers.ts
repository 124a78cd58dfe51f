/** A browser that was here once comes by TLS only, for a year. */
const strictTransport = 'max-age=31536000'

/**
 * A page loads from the daemon it came from, and from nowhere else; nothing in it runs or is drawn that is not a file of ours. Attributes
 * of style excepted: the graph places its parts by them, and they can fetch nothing but what `img-src` allows. Images may be
 * written out (`data:`), as those of form fields and of a guest's mouse pointer are.
 */
const contentPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** On every answer over the network, whatever it is. */
export const networkHeaders: Readonly<Record<string, string>> = {
  'strict-transport-security': strictTransport,
  'content-security-policy': contentPolicy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  // What may be kept says so itself, and takes this one's place.
  'cache-control': 'no-store',
}

/** The same as lines, for answers that are written by hand. */
export const networkHeaderLines: readonly string[] = linesOf(Object.keys(networkHeaders))

/** Of those, what means something where a connection becomes another protocol's: there is no page, no script and no frame that the others could bind. */
export const upgradeHeaderLines: readonly string[] = linesOf([
  'strict-transport-security',
  'x-content-type-options',
  'referrer-policy',
  'cache-control',
])

function linesOf(names: readonly string[]): readonly string[] {
  return names.map((name) => `${name}: ${networkHeaders[name]}`)
}
