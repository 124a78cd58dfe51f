export type Locale = 'en' | 'pt-BR'

export const locales: readonly Locale[] = ['en', 'pt-BR']

/** The language for a LANG-like string (`pt_BR.UTF-8`, `pt`, `en_GB:en`, `C`): Portuguese for any Portuguese, English for all else. */
export function chooseLocale(language: string | null | undefined): Locale {
  for (const part of (language ?? '').split(':')) {
    if (/^pt([_.@-]|$)/i.test(part)) return 'pt-BR'
    if (/^(en|c|posix)([_.@-]|$)/i.test(part)) return 'en'
  }
  return 'en'
}
