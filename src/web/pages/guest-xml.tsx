import { api } from '../api/api.ts'
import { FaultNote } from '../parts/fault-note.tsx'
import { useAsked } from '../parts/use-asked.ts'
import { useWords } from '../state/language.tsx'

export function GuestXml({ guest }: { readonly guest: string }) {
  const { t } = useWords()
  const xml = useAsked(() => api.guestXml(guest), [guest])
  if (xml.fault !== null) return <FaultNote fault={xml.fault} />
  if (xml.value === null) return <p role="status">{t('loading')}</p>
  return (
    <section aria-label={t('xml-of', { guest })}>
      <p className="v-dim">{t('xml-of', { guest })}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
      <pre className="v-code" tabIndex={0}>
        {xml.value}
      </pre>
    </section>
  )
}
