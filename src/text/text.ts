import { en } from './en/catalogue.ts'
import type { cli as englishCli } from './en/cli.ts'
import type { Locale } from './locale.ts'
import type { ArgumentList, Filling, Messages, Translated } from './message.ts'
import { fill } from './message.ts'
import { ptBr } from './pt-br/catalogue.ts'

/** Every language has these rooms, each with the keys of the English one. */
export type Catalogue = { readonly [Room in keyof typeof en]: Translated<(typeof en)[Room]> }

const catalogues: Readonly<Record<Locale, Catalogue>> = { en, 'pt-BR': ptBr }

type Cli = typeof englishCli

export interface Text {
  readonly locale: Locale
  /** A message of the command line: `text.cli('guest-count', { count: 3 })`. */
  cli<Key extends keyof Cli>(key: Key, ...values: ArgumentList<Cli[Key]>): string
}

export function createText(locale: Locale): Text {
  const catalogue = catalogues[locale]
  const filling = fillingOf(locale, catalogue.units.absent)
  const say = (messages: Messages, key: string, values: Record<string, string | number> = {}): string =>
    fill(messages[key] ?? key, values, filling)
  return {
    locale,
    cli: (key, ...values) => say(catalogue.cli, key, values[0]),
  }
}

function fillingOf(locale: Locale, absent: string): Filling {
  const plurals = new Intl.PluralRules(locale)
  const numbers = new Intl.NumberFormat(locale, { useGrouping: false, maximumFractionDigits: 3 })
  return { absent, plural: (count) => plurals.select(count), number: (value) => numbers.format(value) }
}
