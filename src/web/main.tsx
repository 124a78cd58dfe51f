import '@patternfly/react-core/dist/styles/base.css'
import './style/console.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app/app.tsx'
import { openSession } from './state/door.ts'
import { Language, loadWords } from './state/language.tsx'
import { followTheme, locale } from './state/preferences.ts'

followTheme()

// Who asks at the door does not wait for the words, nor the other way round.
const [words] = await Promise.all([loadWords(locale.get()), openSession()])

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <Language first={words}>
      <App />
    </Language>
  </StrictMode>,
)
