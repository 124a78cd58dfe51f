import { chooseLocale, type Locale, locales } from '../../text/locale.ts'
import { createStore } from './store.ts'

export type Theme = 'auto' | 'light' | 'dark'

const themes: readonly Theme[] = ['auto', 'light', 'dark']

/** What a person chose, kept in this browser. */
export const theme = createStore<Theme>(themes.find((name) => name === kept('theme')) ?? 'auto')

export const locale = createStore<Locale>(
  locales.find((name) => name === kept('language')) ?? chooseLocale(navigator.languages.join(':')),
)

const dark = matchMedia('(prefers-color-scheme: dark)')

export function isDark(): boolean {
  return theme.get() === 'dark' || (theme.get() === 'auto' && dark.matches)
}

/** Puts the theme on the page, now and whenever it changes. */
export function followTheme(): void {
  const show = (): void => {
    document.documentElement.classList.toggle('pf-v6-theme-dark', isDark())
    document.documentElement.style.colorScheme = isDark() ? 'dark' : 'light'
  }
  show()
  dark.addEventListener('change', show)
  theme.subscribe(() => {
    keep('theme', theme.get())
    show()
  })
  locale.subscribe(() => keep('language', locale.get()))
}

export function kept(name: string): string | null {
  try {
    return localStorage.getItem(`vigia-${name}`)
  } catch {
    // A browser that keeps nothing shows the default.
    return null
  }
}

export function keep(name: string, value: string): void {
  try {
    localStorage.setItem(`vigia-${name}`, value)
  } catch {
    // As above.
  }
}
