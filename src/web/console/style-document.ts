/**
 * xterm writes rules into <style> elements, which the page's policy forbids (nobody may write style into the page, should he get that far). It gets a
 * document whose style elements keep their rules in a sheet made by script instead: that the policy allows.
 */
export function styleDocument(): Document {
  defineSheets()
  return new Proxy(document, {
    get(target, key) {
      if (key === 'createElement') {
        return (name: string) => target.createElement(name === 'style' ? 'vigia-style' : name)
      }
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
    set: (target, key, value) => Reflect.set(target, key, value, target),
  })
}

/** xterm 6 makes one of its style elements by the page's own document, whatever document it is given: while it opens, that one has the same habit. */
export function withSheets(open: () => void): void {
  defineSheets()
  const make = document.createElement.bind(document)
  document.createElement = ((name: string) =>
    make(name === 'style' ? 'vigia-style' : name)) as typeof document.createElement
  try {
    open()
  } finally {
    // The prototype's is in its place again.
    Reflect.deleteProperty(document, 'createElement')
  }
}

function defineSheets(): void {
  if (customElements.get('vigia-style') === undefined) customElements.define('vigia-style', SheetElement)
}

class SheetElement extends HTMLElement {
  readonly #sheet = new CSSStyleSheet()

  override set textContent(rules: string) {
    this.#sheet.replaceSync(rules)
  }

  override get textContent(): string {
    return [...this.#sheet.cssRules].map(({ cssText }) => cssText).join('\n')
  }

  connectedCallback(): void {
    document.adoptedStyleSheets.push(this.#sheet)
  }

  disconnectedCallback(): void {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== this.#sheet)
  }
}
