import { type ReactNode, useEffect } from 'react'

/** The heading of a page; also the name of its window. */
export function PageHead({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Vigia`
  }, [title])
  return (
    <div className="v-head">
      <h1>{title}</h1>
      {children}
    </div>
  )
}
