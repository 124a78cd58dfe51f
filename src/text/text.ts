import { en } from './en/catalogue.ts'
import type { Locale } from './locale.ts'
import { ptBr } from './pt-br/catalogue.ts'
import type { Catalogue, Text } from './text-of.ts'
import { textOf } from './text-of.ts'

export type { Catalogue, Text } from './text-of.ts'

export const catalogues: Readonly<Record<Locale, Catalogue>> = { en, 'pt-BR': ptBr }

/** `timeZone`: an IANA name; absent = that of the process. */
export function createText(locale: Locale, options: { readonly timeZone?: string } = {}): Text {
  return textOf(locale, catalogues[locale], options)
}
