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
const Availability = lazy(pageFiles.availability)
const Drills = lazy(pageFiles.drills)
const Drill = lazy(pageFiles.drill)
const Plan = lazy(pageFiles.plan)

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
    case 'drills':
      return <Drills guest={route.guest} />
    case 'drill':
      return <Drill key={route.drill} drill={route.drill} />
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
