/** Replaces what stands between `<!-- generated:NAME -->` and `<!-- /generated -->`. Throws where the markers are missing. */
export function withGenerated(page: string, name: string, generated: string): string {
  const begin = `<!-- generated:${name} -->`
  const end = '<!-- /generated -->'
  const from = page.indexOf(begin)
  const to = page.indexOf(end, from)
  if (from < 0 || to < 0) throw new Error(`expected ${begin} … ${end}, found ${from < 0 ? 'no beginning' : 'no end'}`)
  return `${page.slice(0, from + begin.length)}\n\n${generated}\n\n${page.slice(to)}`
}

/** Fills every `<!-- figure:NAME -->…<!-- /figure -->`; a figure that was not measured says so. */
export function withFigures(page: string, figures: ReadonlyMap<string, string>): string {
  return page.replaceAll(
    /<!-- figure:([\w.-]+) -->.*?<!-- \/figure -->/g,
    (_, name: string) => `<!-- figure:${name} -->${figures.get(name) ?? 'not measured yet'}<!-- /figure -->`,
  )
}

/** Names of all figures that a page wants. */
export function figuresIn(page: string): string[] {
  return [...page.matchAll(/<!-- figure:([\w.-]+) -->/g)].map((match) => match[1] ?? '')
}
