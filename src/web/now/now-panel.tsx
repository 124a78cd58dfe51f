import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { TimesIcon } from '@patternfly/react-icons/dist/esm/icons/times-icon'
import { useEffect, useRef } from 'react'
import type { GuestSummary } from '../../contract/status.ts'
import { ActionList } from '../actions/action-list.tsx'
import { Link } from '../parts/link.tsx'
import { GuestState } from '../parts/look-icon.tsx'
import { NeedList } from '../parts/need-list.tsx'
import { ServiceList } from '../parts/service-list.tsx'
import { Why } from '../parts/why.tsx'
import { useWords } from '../state/language.tsx'

/** Of the guest that was chosen in the drawing: why it is as it is, and what can be done. */
export function NowPanel({ guest, onClose }: { readonly guest: GuestSummary; readonly onClose: () => void }) {
  const { t } = useWords()
  const panel = useRef<HTMLElement>(null)
  const { id } = guest
  // biome-ignore lint/correctness/useExhaustiveDependencies: for each other guest anew
  useEffect(() => {
    panel.current?.scrollTo({ top: 0 })
  }, [id])
  return (
    <aside
      ref={panel}
      className="v-panel"
      aria-label={t('panel-label', { guest: id })}
      onKeyDown={({ key }) => key === 'Escape' && onClose()}
    >
      <div className="v-panel-head">
        <h2>
          <Link to={{ page: 'guest', guest: id, tab: 'overview' }}>{id}</Link>
        </h2>
        <Button variant="plain" aria-label={t('close')} icon={<TimesIcon />} onClick={onClose} />
      </div>
      <p>
        <GuestState guest={guest} />
        {guest.host !== null && (
          <>
            {' · '}
            <Link to={{ page: 'host', host: guest.host }}>{guest.host}</Link>
          </>
        )}
      </p>
      <Why guest={guest} />
      <h3>{t('needs')}</h3>
      <NeedList guest={guest} />
      <h3>{t('services')}</h3>
      <ServiceList guest={guest} />
      <h3>{t('actions')}</h3>
      <ActionList guests={[guest]} />
    </aside>
  )
}
