import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'
import type { web as English } from '../../text/en/web.ts'
import type { Locale } from '../../text/locale.ts'
import { type ArgumentList, fill, type Translated } from '../../text/message.ts'
import { fillingOf } from '../../text/quantities.ts'
import { type Speech, type Spoken, speechOf } from '../../text/text-of.ts'
import { locale } from './preferences.ts'
import { useStore } from './store.ts'

type Messages = typeof English

/** All that the console says, in one language. */
export interface Words extends Speech {
  t<Key extends keyof Messages>(key: Key, ...values: ArgumentList<Messages[Key]>): string
}

/** Each language is a file of its own: only the one that is shown is loaded. */
const loaders: Readonly<Record<Locale, () => Promise<readonly [Spoken, Translated<Messages>]>>> = {
  en: async () => {
    const { spoken, web } = await import('../text/en.ts')
    return [spoken, web]
  },
  'pt-BR': async () => {
    const { spoken, web } = await import('../text/pt-br.ts')
    return [spoken, web]
  },
}

export async function loadWords(name: Locale): Promise<Words> {
  const [catalogue, web] = await loaders[name]()
  const text = speechOf(name, catalogue)
  const filling = fillingOf(name, catalogue.units.absent)
  return { ...text, t: (key, ...values) => fill(web[key] ?? key, values[0] ?? {}, filling) }
}

const WordsContext = createContext<Words | null>(null)

export function useWords(): Words {
  const words = useContext(WordsContext)
  if (words === null) throw new Error('no language is loaded here')
  return words
}

export function Language({ first, children }: { readonly first: Words; readonly children: ReactNode }) {
  const [words, setWords] = useState(first)
  const wanted = useStore(locale, (name) => name)
  useEffect(() => {
    document.documentElement.lang = words.locale
    if (wanted === words.locale) return
    let current = true
    loadWords(wanted).then(
      (loaded) => current && setWords(loaded),
      () => undefined,
    )
    return () => {
      current = false
    }
  }, [wanted, words])
  return <WordsContext.Provider value={words}>{children}</WordsContext.Provider>
}
