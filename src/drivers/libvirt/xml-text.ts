import { Fault } from '../../model/fault.ts'

/** An element to be written: its attributes (null and undefined are left out) and what is in it. */
export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, XmlValue>>
  readonly content: readonly XmlContent[]
}

export type XmlValue = string | number | null | undefined
export type XmlContent = XmlElement | string | number | null | undefined

/** `null` in the content is left out, so that a part can be wished or not in place. */
export function element(
  name: string,
  attributes: Readonly<Record<string, XmlValue>> = {},
  ...content: readonly XmlContent[]
): XmlElement {
  return { name, attributes, content }
}

/** Indented text of an element. Names come from our code, values and texts from anywhere. Faults: `bad-data` where a text holds what XML cannot. */
export function xmlText(root: XmlElement, indent = ''): string {
  const attributes = Object.entries(root.attributes).flatMap(([name, value]) =>
    value === null || value === undefined ? [] : [` ${name}="${escapeXml(String(value))}"`],
  )
  const head = `${indent}<${root.name}${attributes.join('')}`
  const content = root.content.filter((part) => part !== null && part !== undefined)
  if (content.length === 0) return `${head}/>\n`
  const inner = content.map((part) =>
    typeof part === 'object' ? xmlText(part, `${indent}  `) : escapeXml(String(part)),
  )
  const nested = content.some((part) => typeof part === 'object')
  return `${head}>${nested ? '\n' : ''}${inner.join('')}${nested ? indent : ''}</${root.name}>\n`
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
}

/** Everything XML 1.0 has no way to write: most control characters, lone surrogates, two non-characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not get through.
const unwritable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u

/** For texts and for attributes in double quotes; line breaks and tabs survive both. */
export function escapeXml(text: string): string {
  const found = unwritable.exec(text)
  if (found) {
    const code = found[0].charCodeAt(0).toString(16).padStart(4, '0')
    throw new Fault('bad-data', 'not-done', { expected: 'text that XML can hold', got: `U+${code}` })
  }
  return text.replaceAll(/[&<>"'\t\n\r]/g, (character) => escapes[character] ?? character)
}
