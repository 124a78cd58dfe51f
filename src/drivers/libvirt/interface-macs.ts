import { XMLParser } from 'fast-xml-parser'

/** An interface as far as its address goes. */
interface InterfaceElement {
  readonly mac?: { readonly address?: unknown }
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseAttributeValue: false,
  isArray: (name) => name === 'interface',
})

/** MAC addresses of a domain's interfaces, lower case, in their order. Empty for what is no domain XML. */
export function interfaceMacs(domainXml: string): readonly string[] {
  return interfacesOf(domainXml).flatMap(({ mac }) =>
    typeof mac?.address === 'string' ? [mac.address.toLowerCase()] : [],
  )
}

function interfacesOf(domainXml: string): readonly InterfaceElement[] {
  try {
    const found: unknown = parser.parse(domainXml)?.domain?.devices?.interface
    return Array.isArray(found) ? found.filter((element) => typeof element === 'object' && element !== null) : []
  } catch {
    // Not XML: then it names no interface either.
    return []
  }
}
