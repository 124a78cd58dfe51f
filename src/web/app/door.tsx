import type { ReactNode } from 'react'
import { LanguageButton, ThemeButton } from './preference-buttons.tsx'

/** The page before one is in. */
export function Door({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <main className="v-door">
      <div className="v-door-box">
        <div className="v-door-head">
          <img src="/icon.svg" alt="" width="40" height="40" />
          <h1>{title}</h1>
        </div>
        {children}
        <div className="v-door-foot">
          <LanguageButton />
          <ThemeButton />
        </div>
      </div>
    </main>
  )
}
