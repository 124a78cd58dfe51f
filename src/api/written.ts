/** What is answered to several is written down once: as text, or as the bytes of it. */
const written = new WeakMap<object, string | Buffer>()

export function rememberText(data: object, text: string | Buffer): void {
  written.set(data, text)
}

/** How answers are written: as they are. */
export function rememberedText(data: unknown): string {
  if (typeof data !== 'object' || data === null) return JSON.stringify(data)
  const text = written.get(data) ?? JSON.stringify(data)
  written.set(data, text)
  // The server takes bytes as gladly, and need not make them of a text anew for each answer; its types know of text alone.
  return text as string
}
