import RFB from '@novnc/novnc'
import { useEffect, useRef, useState } from 'react'
import type { Fault } from '../../model/fault.ts'
import { faultOf } from '../api/ask.ts'
import { FaultNote } from '../parts/fault-note.tsx'
import { useWords } from '../state/language.tsx'
import { consoleAddress } from './line.ts'
import { useWayOut } from './way-out.ts'

type Link = 'opening' | 'open' | 'closed'

/** The guest's screen, by VNC. */
export function Screen({ guest, onLeave }: { readonly guest: string; readonly onLeave: () => void }) {
  const { t } = useWords()
  const place = useRef<HTMLDivElement>(null)
  useWayOut(place, onLeave)
  const rfb = useRef<RFB | null>(null)
  const [link, setLink] = useState<Link>('opening')
  const [fault, setFault] = useState<Fault | null>(null)
  const [turn, setTurn] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another turn opens it again
  useEffect(() => {
    const element = place.current
    if (element === null) return
    setFault(null)
    setLink('opening')
    let isOver = false
    consoleAddress(guest, 'vnc').then(
      (address) => {
        if (isOver) return
        const screen = new RFB(element, address, { shared: true })
        screen.scaleViewport = true
        screen.addEventListener('connect', () => {
          setLink('open')
          // Of itself it is reached by the mouse alone.
          for (const canvas of element.querySelectorAll('canvas')) canvas.tabIndex = 0
          screen.focus()
        })
        screen.addEventListener('disconnect', () => setLink('closed'))
        rfb.current = screen
      },
      (error: unknown) => setFault(faultOf(error)),
    )
    return () => {
      isOver = true
      rfb.current?.disconnect()
      rfb.current = null
    }
  }, [guest, turn])
  return (
    <div>
      {fault !== null && <FaultNote fault={fault} />}
      <p role="status">
        {t(`console-${link}`)}{' '}
        {link === 'closed' && (
          <button type="button" className="v-button" onClick={() => setTurn(turn + 1)}>
            {t('open-again')}
          </button>
        )}
        {link === 'open' && (
          <button type="button" className="v-button" onClick={() => rfb.current?.sendCtrlAltDel()}>
            Ctrl+Alt+Del
          </button>
        )}
      </p>
      {link === 'open' && <p className="v-dim">{t('console-leave')}</p>}
      <div ref={place} className="v-screen" role="group" aria-label={t('console-screen-of', { guest })} />
    </div>
  )
}
