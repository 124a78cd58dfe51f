import { lazy, Suspense } from 'react'
import type { GuestSummary } from '../../contract/status.ts'
import { GuestState } from '../parts/look-icon.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { Tabs } from '../parts/tabs.tsx'
import { useWords } from '../state/language.tsx'
import { live } from '../state/live.ts'
import { type GuestTab, guestTabs } from '../state/route.ts'
import { useStore } from '../state/store.ts'
import { GuestEvents } from './guest-events.tsx'
import { GuestNeeds } from './guest-needs.tsx'
import { GuestOverview } from './guest-overview.tsx'
import { GuestXml } from './guest-xml.tsx'

const Charts = lazy(async () => ({ default: (await import('../parts/chart-section.tsx')).Chart }))
const Console = lazy(async () => ({ default: (await import('./guest-console.tsx')).GuestConsole }))

export function GuestPage({ guest: id, tab }: { readonly guest: string; readonly tab: GuestTab }) {
  const { t } = useWords()
  const status = useStore(live, (state) => state.status)
  if (status === null) return <p role="status">{t('daemon-awaited')}</p>
  const guest = status.guests.find((one) => one.id === id)
  if (guest === undefined) return <h1>{t('no-such-guest', { guest: id })}</h1>
  return (
    <>
      <PageHead title={id}>
        <GuestState guest={guest} />
      </PageHead>
      <Tabs
        label={t('parts-of', { guest: id })}
        tabs={guestTabs.map((name) => ({
          ...{ key: name, title: t(`tab-${name}`), isHere: name === tab },
          to: { page: 'guest', guest: id, tab: name },
        }))}
      />
      <Suspense fallback={<p role="status">{t('loading')}</p>}>
        <Tab guest={guest} tab={tab} />
      </Suspense>
    </>
  )
}

function Tab({ guest, tab }: { readonly guest: GuestSummary; readonly tab: GuestTab }) {
  switch (tab) {
    case 'overview':
      return <GuestOverview guest={guest} />
    case 'needs':
      return <GuestNeeds guest={guest} />
    case 'graphs':
      return (
        <>
          <Charts subject={`guest:${guest.id}`} />
          {guest.services.map(({ key }) => (
            <section key={key}>
              <h2>{key}</h2>
              <Charts subject={`service:${guest.id}/${key}`} />
            </section>
          ))}
        </>
      )
    case 'console':
      return <Console key={guest.id} guest={guest} />
    case 'events':
      return <GuestEvents guest={guest.id} />
    case 'xml':
      return <GuestXml guest={guest.id} />
  }
}
