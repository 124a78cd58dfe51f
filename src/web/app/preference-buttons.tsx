import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { AdjustIcon } from '@patternfly/react-icons/dist/esm/icons/adjust-icon'
import { MoonIcon } from '@patternfly/react-icons/dist/esm/icons/moon-icon'
import { SunIcon } from '@patternfly/react-icons/dist/esm/icons/sun-icon'
import { useWords } from '../state/language.tsx'
import { locale, type Theme, theme } from '../state/preferences.ts'
import { useStore } from '../state/store.ts'

const nextTheme: Readonly<Record<Theme, Theme>> = { auto: 'light', light: 'dark', dark: 'auto' }
const themeIcons = { auto: AdjustIcon, light: SunIcon, dark: MoonIcon }

export function ThemeButton() {
  const { t } = useWords()
  const now = useStore(theme, (name) => name)
  const Icon = themeIcons[now]
  const label = t('theme', { theme: t(`theme-${now}`) })
  return (
    <Button
      variant="plain"
      aria-label={label}
      title={label}
      icon={<Icon />}
      onClick={() => theme.set(nextTheme[theme.get()])}
    />
  )
}

export function LanguageButton() {
  const { t, locale: shown } = useWords()
  const other = shown === 'en' ? 'pt-BR' : 'en'
  return (
    <Button variant="plain" title={t('other-language')} onClick={() => locale.set(other)}>
      <span className="v-language">{shown === 'en' ? 'EN' : 'PT'}</span>
      <span className="v-hidden">: {t('other-language')}</span>
    </Button>
  )
}
