import '@patternfly/react-core/dist/styles/base.css'
import './style/console.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app/app.tsx'
import { fetchPage } from './app/page-files.ts'
import { openSession } from './state/door.ts'
import { Language, loadWords } from './state/language.tsx'
import { followWhileIn } from './state/live.ts'
import { firstRoute } from './state/navigation.ts'
import { followTheme, locale } from './state/preferences.ts'

followTheme()

followWhileIn()
void start()

// No `await` at the top: the page's file waits for this one.
async function start(): Promise<void> {
  // None waits for another: the words, who is at the door, and the page that is asked for.
  const [words] = await Promise.all([loadWords(locale.get()), openSession(), fetchPage(firstRoute)])
  createRoot(document.getElementById('root')!).render(
    <StrictMode>
      <Language first={words}>
        <App />
      </Language>
    </StrictMode>,
  )
}
