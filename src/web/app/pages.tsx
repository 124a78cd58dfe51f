import { Component, lazy, type ReactNode, Suspense, useEffect } from 'react'
import { useWords } from '../state/language.tsx'
import type { Route } from '../state/route.ts'
import { pageFiles } from './page-files.ts'

const Now = lazy(pageFiles.now)
const Hosts = lazy(pageFiles.hosts)
const Host = lazy(pageFiles.host)
const Guests = lazy(pageFiles.guests)
const Guest = lazy(pageFiles.guest)
const Create = lazy(pageFiles.create)
const Tasks = lazy(pageFiles.tasks)
const Events = lazy(pageFiles.events)
const WhatIf = lazy(pageFiles['what-if'])
const Settings = lazy(pageFiles.settings)
// Each page is a file of its own: the shell is small, and what nobody opens is not loaded.
const Now = lazy(async () => ({ default: (await import('../now/now-page.tsx')).NowPage }))
const Hosts = lazy(async () => ({ default: (await import('../pages/hosts-page.tsx')).HostsPage }))
const Host = lazy(async () => ({ default: (await import('../pages/host-page.tsx')).HostPage }))
const Guests = lazy(async () => ({ default: (await import('../pages/guests-page.tsx')).GuestsPage }))
const Guest = lazy(async () => ({ default: (await import('../pages/guest-page.tsx')).GuestPage }))
const Create = lazy(async () => ({ default: (await import('../pages/create-page.tsx')).CreatePage }))
const Tasks = lazy(async () => ({ default: (await import('../pages/tasks-page.tsx')).TasksPage }))
const Events = lazy(async () => ({ default: (await import('../pages/events-page.tsx')).EventsPage }))
const WhatIf = lazy(async () => ({ default: (await import('../pages/what-if-page.tsx')).WhatIfPage }))
const Availability = lazy(async () => ({ default: (await import('../pages/availability-page.tsx')).AvailabilityPage }))
const Plan = lazy(async () => ({ default: (await import('../pages/plan-page.tsx')).PlanPage }))
const Settings = lazy(async () => ({ default: (await import('../pages/settings-page.tsx')).SettingsPage }))

export function Pages({ route }: { readonly route: Route }) {
  const { t } = useWords()
  return (
    <Guarded key={route.page}>
      <Suspense fallback={<p role="status">{t('loading')}</p>}>
        <Page route={route} />
      </Suspense>
    </Guarded>
  )
}

function Page({ route }: { readonly route: Route }) {
  switch (route.page) {
    case 'now':
      return <Now guest={route.guest} view={route.view} />
    case 'hosts':
      return <Hosts />
    case 'host':
      return <Host host={route.host} />
    case 'guests':
      return <Guests />
    case 'guest':
      return <Guest guest={route.guest} tab={route.tab} />
    case 'create':
      return <Create />
    case 'tasks':
      return <Tasks />
    case 'events':
      return <Events guest={route.guest} chosen={route.words} />
    case 'what-if':
      return <WhatIf lose={route.lose} />
    case 'availability':
      return <Availability route={route} />
    case 'plan':
      return <Plan of={route.of} />
    case 'settings':
      return <Settings section={route.section} />
    case 'link':
      return null
    case 'unknown':
      return <Unknown path={route.path} />
  }
}

function Unknown({ path }: { readonly path: string }) {
  const { t } = useWords()
  useEffect(() => {
    document.title = 'Vigia'
  }, [])
  return <h1>{t('no-such-page', { path })}</h1>
}

/** A page that cannot be loaded or breaks takes only itself down. After an upgrade of the daemon its files have other names: loading again helps. */
class Guarded extends Component<{ readonly children: ReactNode }, { readonly broken: string | null }> {
  override state = { broken: null }

  static getDerivedStateFromError(error: unknown) {
    return { broken: error instanceof Error ? error.message : String(error) }
  }

  override render() {
    return this.state.broken === null ? this.props.children : <Broken text={this.state.broken} />
  }
}

function Broken({ text }: { readonly text: string }) {
  const { t } = useWords()
  return (
    <div role="alert">
      <h1>{t('page-broken')}</h1>
      <p>{text}</p>
      <button type="button" className="v-button" onClick={() => location.reload()}>
        {t('load-again')}
      </button>
    </div>
  )
}
