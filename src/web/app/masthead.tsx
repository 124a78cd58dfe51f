import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { BarsIcon } from '@patternfly/react-icons/dist/esm/icons/bars-icon'
import { SignOutAltIcon } from '@patternfly/react-icons/dist/esm/icons/sign-out-alt-icon'
import { session } from '../api/ask.ts'
import { Link } from '../parts/link.tsx'
import { leave } from '../state/door.ts'
import { useWords } from '../state/language.tsx'
import { live } from '../state/live.ts'
import { useStore } from '../state/store.ts'
import { LanguageButton, ThemeButton } from './preference-buttons.tsx'
import { Search } from './search.tsx'

export function Masthead({ isOpen, onToggle }: { readonly isOpen: boolean; readonly onToggle: () => void }) {
  const { t } = useWords()
  const who = useStore(session, (value) => value?.user.name ?? '')
  const cluster = useStore(live, ({ status }) => status?.cluster ?? null)
  return (
    <header className="v-masthead">
      <Button
        className="v-burger"
        variant="plain"
        aria-label={t('navigation')}
        aria-expanded={isOpen}
        aria-controls="side-bar"
        icon={<BarsIcon />}
        onClick={onToggle}
      />
      <Link to={{ page: 'now', guest: null, view: 'graph' }} className="v-brand" title={t('home')}>
        <img src="/icon.svg" alt="" width="28" height="28" />
        <span className="v-brand-name">Vigia</span>
        {cluster !== null && <span className="v-brand-cluster">{cluster}</span>}
      </Link>
      <Search />
      <div className="v-masthead-end">
        <LanguageButton />
        <ThemeButton />
        <span className="v-who">{who}</span>
        <Button
          variant="plain"
          aria-label={t('leave', { name: who })}
          title={t('leave', { name: who })}
          icon={<SignOutAltIcon />}
          onClick={() => void leave()}
        />
      </div>
    </header>
  )
}
