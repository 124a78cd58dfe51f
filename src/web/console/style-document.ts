/**
 * xterm writes rules into <style> elements, which the page's policy forbids (nobody may write style into the page, should he get that far). It gets a
 * document whose style elements keep their rules in a sheet made by script instead: that the policy allows.
 */
export function styleDocument(): Document {
  if (customElements.get('vigia-style') === undefined) customElements.define('vigia-style', SheetElement)
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
