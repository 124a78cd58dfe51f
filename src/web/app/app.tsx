import { useEffect } from 'react'
import { session } from '../api/ask.ts'
import { openSession } from '../state/door.ts'
import { useRoute } from '../state/navigation.ts'
import { useStore } from '../state/store.ts'
import { ByLink } from './by-link.tsx'
import { Login } from './login.tsx'
import { Pages } from './pages.tsx'
import { Shell } from './shell.tsx'
import { Waiting } from './waiting.tsx'

/** How often a daemon that does not answer is asked again who is in. */
const againMs = 2_000

export function App() {
  const who = useStore(session, (value) => value)
  const route = useRoute()
  useEffect(() => {
    if (who !== undefined) return
    const timer = setInterval(() => void openSession(), againMs)
    return () => clearInterval(timer)
  }, [who])
  if (route.page === 'link') return <ByLink />
  if (who === undefined) return <Waiting />
  if (who === null) return <Login />
  return (
    <Shell>
      <Pages route={route} />
    </Shell>
  )
}
