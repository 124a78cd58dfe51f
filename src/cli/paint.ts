/** Colours of a terminal; each a function so that a plain output needs no `if`. */
export interface Paint {
  good(text: string): string
  busy(text: string): string
  bad(text: string): string
  quiet(text: string): string
  strong(text: string): string
}

const plain = (text: string): string => text

const wrapped =
  (code: number) =>
  (text: string): string =>
    text === '' ? '' : `\u001b[${code}m${text}\u001b[0m`

export function createPaint(colours: boolean): Paint {
  if (!colours) return { good: plain, busy: plain, bad: plain, quiet: plain, strong: plain }
  return { good: wrapped(32), busy: wrapped(33), bad: wrapped(31), quiet: wrapped(2), strong: wrapped(1) }
}

/** Columns a text takes on a terminal; colours take none. */
export function widthOf(text: string): number {
  return [...bare(text)].length
}

export function bare(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape that begins a colour
  return text.replaceAll(/\u001b\[\d+m/g, '')
}

/** Cut to a width, with an ellipsis; a cut text loses its colours rather than leaving one open. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  return width < 1
    ? ''
    : `${[...bare(text)]
        .slice(0, width - 1)
        .join('')
        .trimEnd()}…`
}

export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)))
}
