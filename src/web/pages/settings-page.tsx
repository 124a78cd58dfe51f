import { lazy, Suspense } from 'react'
import { session } from '../api/ask.ts'
import { PageHead } from '../parts/page-head.tsx'
import { Tabs } from '../parts/tabs.tsx'
import { useWords } from '../state/language.tsx'
import { mayAdminister } from '../state/may.ts'
import { type SettingsSection, settingsSections } from '../state/route.ts'
import { useStore } from '../state/store.ts'
import { AuditSection } from './settings-audit.tsx'
import { MembersSection } from './settings-members.tsx'
import { TokensSection } from './settings-tokens.tsx'
import { UsersSection } from './settings-users.tsx'

// The editor brings the parser of YAML.
const FileSection = lazy(async () => ({ default: (await import('../file/file-section.tsx')).FileSection }))
const DrawSection = lazy(async () => ({ default: (await import('../file/draw-section.tsx')).DrawSection }))

export function SettingsPage({ section }: { readonly section: SettingsSection }) {
  const { t } = useWords()
  const administers = mayAdminister(useStore(session, (value) => value))
  return (
    <>
      <PageHead title={t('settings')} />
      <Tabs
        label={t('settings')}
        tabs={settingsSections.map((name) => ({
          ...{ key: name, title: t(`section-${name}`), isHere: name === section },
          to: { page: 'settings', section: name },
        }))}
      />
      {administers || section === 'members' ? (
        <Suspense fallback={<p role="status">{t('loading')}</p>}>
          <Section section={section} />
        </Suspense>
      ) : (
        <p>{t('administrators-only')}</p>
      )}
    </>
  )
}

function Section({ section }: { readonly section: SettingsSection }) {
  switch (section) {
    case 'file':
      return <FileSection />
    case 'draw':
      return <DrawSection />
    case 'members':
      return <MembersSection />
    case 'users':
      return <UsersSection />
    case 'tokens':
      return <TokensSection />
    case 'audit':
      return <AuditSection />
  }
}
