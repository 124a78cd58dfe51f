import { XMLParser } from 'fast-xml-parser'

/** An element as it is read: attributes by `@name`, children by name, its text as `#text`. */
export type Element = Readonly<Record<string, unknown>>

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
})

/** The root element of this name; null where the text is no XML, or of something else. */
export function rootElement(xml: string, name: string): Element | null {
  try {
    const root: unknown = parser.parse(xml)?.[name]
    return typeof root === 'object' && root !== null ? (root as Element) : null
  } catch {
    // Not XML: nothing is known of it.
    return null
  }
}

/** Where an element stands twice, the first counts, as libvirt takes it. */
export function elementOf(value: unknown): Element {
  const one: unknown = Array.isArray(value) ? value[0] : value
  return typeof one === 'object' && one !== null ? (one as Element) : {}
}

export function elementsOf(value: unknown): Element[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value.map(elementOf) : [elementOf(value)]
}

/** An attribute (`@name`) or a child without attributes; null where it is missing or empty. */
export function text(element: Element, name: string): string | null {
  const value = element[name]
  return typeof value === 'string' && value !== '' ? value.trim() : null
}

/** What stands between the tags. */
export function textOf(element: unknown): string | null {
  const one: unknown = Array.isArray(element) ? element[0] : element
  return typeof one === 'string' ? one.trim() || null : text(elementOf(one), '#text')
}

export function first(element: Element, names: readonly string[]): string | null {
  for (const name of names) {
    const found = text(element, name)
    if (found !== null) return found
  }
  return null
}
