import { useEffect, useRef, useState } from 'react'
import type { Fault } from '../../model/fault.ts'
import { faultOf } from '../api/ask.ts'
import { FaultNote } from '../parts/fault-note.tsx'
import { Link } from '../parts/link.tsx'
import { enterByLink } from '../state/door.ts'
import { useWords } from '../state/language.tsx'
import { go } from '../state/navigation.ts'
import { Door } from './door.tsx'

/** `/console-link#TICKET`: what stands behind the # is sent to no server before it is asked for here, and stays in no log. */
export function ByLink() {
  const { t } = useWords()
  const [fault, setFault] = useState<Fault | null>(null)
  const begun = useRef(false)
  useEffect(() => {
    // A ticket is good for one time.
    if (begun.current) return
    begun.current = true
    const ticket = location.hash.slice(1)
    history.replaceState(null, '', '/console-link')
    enterByLink(ticket).then(
      () => go('/', { replace: true }),
      (error: unknown) => setFault(faultOf(error)),
    )
  }, [])
  return (
    <Door title={t('link-title')}>
      {fault === null ? <p role="status">{t('link-opening')}</p> : <FaultNote fault={fault} />}
      {fault !== null && (
        <p>
          {t('link-again')} <code>vigia console</code>
        </p>
      )}
      {fault !== null && <Link to={{ page: 'now', guest: null, view: 'graph' }}>{t('login-title')}</Link>}
    </Door>
  )
}
