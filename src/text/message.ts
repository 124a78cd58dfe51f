/**
 * Messages are plain templates, so that a translator needs no TypeScript:
 *
 * - `{name}` is replaced by an argument;
 * - `{count|guest|guests}` becomes the first word when the language counts `count` as one, else the second (write `{count}` beside it for the figure);
 * - `[? with {name}]` is left out as a whole when one of its arguments is absent or empty.
 *
 * The English template gives the arguments; a translation with another set of them does not compile.
 */
export type Messages = Readonly<Record<string, string>>

export type Value = string | number

/** Names of the arguments of a template: all of them, in optional parts too. */
export type Names<T extends string> = T extends `${string}{${infer Inside}}${infer Rest}`
  ? NameOf<Inside> | Names<Rest>
  : never

type NameOf<Inside extends string> = Inside extends `${infer Name}|${string}` ? Name : Inside

type WithoutOptional<T extends string> = T extends `${infer Before}[?${string}]${infer After}`
  ? `${Before}${WithoutOptional<After>}`
  : T

type Needed<T extends string> = Names<WithoutOptional<T>>

/** What has to be handed in to fill a template. */
export type Arguments<T extends string> = { readonly [Name in Needed<T>]: Value } & {
  readonly [Name in Exclude<Names<T>, Needed<T>>]?: Value | undefined
}

/** The argument list of a call: nothing for a template without arguments, an optional object where all are optional. */
export type ArgumentList<T extends string> = [Names<T>] extends [never]
  ? []
  : [Needed<T>] extends [never]
    ? [values?: Arguments<T>]
    : [values: Arguments<T>]

/** The shape of a catalogue in any language. */
export type Translated<English extends Messages> = { readonly [Key in keyof English]: string }

type SameNames<English extends Messages, Other extends Messages> = {
  readonly [Key in keyof Other]: Key extends keyof English
    ? [Names<English[Key]>, Names<Other[Key]>] extends [Names<Other[Key]>, Names<English[Key]>]
      ? Other[Key]
      : { readonly 'arguments differ from English': Names<English[Key]> }
    : { readonly 'no such English message': Key }
}

/**
 * A translation of an English catalogue: `translatedFrom<typeof english>()({ … })`. A missing or unknown key, and a missing or unknown argument,
 * are compile errors. English is named as a type only: a browser that shows another language does not load it.
 */
export function translatedFrom<const English extends Messages>() {
  return <const Other extends Translated<English>>(other: Other & SameNames<English, Other>): Translated<English> =>
    other
}

export interface Filling {
  /** `one` or anything else, as `Intl.PluralRules` says. */
  readonly plural: (count: number) => string
  readonly number: (value: number) => string
  /** Stands where a needed argument is absent: data from elsewhere may lack what its sentence would name. */
  readonly absent: string
}

export type Values = Readonly<Record<string, Value | undefined>>

/** Fills a template. Never throws: what is absent reads as `filling.absent`. */
export function fill(template: string, values: Values, filling: Filling): string {
  const whole = template.replaceAll(/\[\?([^\]]*)\]/g, (_, part: string) =>
    namesIn(part).every((name) => isPresent(values[name])) ? part : '',
  )
  return whole.replaceAll(/\{([^}|]+)(?:\|([^}|]*)\|([^}]*))?\}/g, (_, name: string, one?: string, other?: string) => {
    const value = values[name]
    if (one !== undefined && other !== undefined) return filling.plural(Number(value)) === 'one' ? one : other
    if (!isPresent(value)) return filling.absent
    return typeof value === 'number' ? filling.number(value) : oneLine(value)
  })
}

/** Names of the arguments that a template mentions, in order, each once. */
export function namesIn(template: string): string[] {
  return [...new Set([...template.matchAll(/\{([^}|]+)(?:\|[^}]*)?\}/g)].map((match) => match[1] ?? ''))]
}

function isPresent(value: Value | undefined): value is Value {
  return value !== undefined && value !== ''
}

/** Values come from files, guests and the system: none may break the line or steer a terminal. */
function oneLine(value: string): string {
  return value.replaceAll(/\p{Cc}+/gu, ' ').trim()
}
