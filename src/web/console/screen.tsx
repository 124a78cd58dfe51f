import RFB from '@novnc/novnc'
import { useEffect, useRef, useState } from 'react'
import type { Fault } from '../../model/fault.ts'
import { faultOf } from '../api/ask.ts'
import { FaultNote } from '../parts/fault-note.tsx'
import { useWords } from '../state/language.tsx'
import { consoleAddress } from './line.ts'

type Link = 'opening' | 'open' | 'closed'

/** The guest's screen, by VNC. */
export function Screen({ guest }: { readonly guest: string }) {
  const { t } = useWords()
  const place = useRef<HTMLDivElement>(null)
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
        screen.addEventListener('connect', () => setLink('open'))
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
      <div ref={place} className="v-screen" />
    </div>
  )
}
