import '@xterm/xterm/css/xterm.css'
import { FitAddon } from '@xterm/addon-fit'
import { Terminal } from '@xterm/xterm'
import { useEffect, useRef, useState } from 'react'
import type { Fault } from '../../model/fault.ts'
import { faultOf } from '../api/ask.ts'
import { FaultNote } from '../parts/fault-note.tsx'
import { useWords } from '../state/language.tsx'
import { consoleAddress, whyNotOpened } from './line.ts'
import { styleDocument, withSheets } from './style-document.ts'
import { useWayOut } from './way-out.ts'

type Link = 'opening' | 'open' | 'closed'

/** Lines kept above the window. */
const scrollback = 5_000

export function Serial({ guest, onLeave }: { readonly guest: string; readonly onLeave: () => void }) {
  const { t } = useWords()
  const place = useRef<HTMLDivElement>(null)
  useWayOut(place, onLeave)
  const [link, setLink] = useState<Link>('opening')
  const [fault, setFault] = useState<Fault | null>(null)
  const [why, setWhy] = useState<string | null>(null)
  const [turn, setTurn] = useState(0)
  const [force, setForce] = useState(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another turn opens it again
  useEffect(() => {
    const element = place.current
    if (element === null) return
    setFault(null)
    setWhy(null)
    setLink('opening')
    let socket: WebSocket | null = null
    const terminal = new Terminal({
      documentOverride: styleDocument(),
      scrollback,
      screenReaderMode: true,
      fontSize: 14,
    })
    // Without a line there is nobody to type to: the tab key goes on to the buttons.
    terminal.attachCustomKeyEventHandler(({ key }) => key !== 'Tab' || socket?.readyState === WebSocket.OPEN)
    const fit = new FitAddon()
    terminal.loadAddon(fit)
    withSheets(() => terminal.open(element))
    fit.fit()
    const observer = new ResizeObserver(() => fit.fit())
    observer.observe(element)
    let isOver = false
    consoleAddress(guest, 'serial', force).then(
      (address) => {
        if (isOver) return
        socket = new WebSocket(address)
        socket.binaryType = 'arraybuffer'
        socket.onopen = () => {
          setLink('open')
          terminal.focus()
        }
        socket.onmessage = ({ data }: MessageEvent<ArrayBuffer | string>) =>
          terminal.write(typeof data === 'string' ? data : new Uint8Array(data))
        socket.onclose = (event) => {
          setWhy(whyNotOpened(event))
          setLink('closed')
        }
      },
      (error: unknown) => setFault(faultOf(error)),
    )
    const typed = terminal.onData((text) => {
      if (socket?.readyState === WebSocket.OPEN) socket.send(new TextEncoder().encode(text))
    })
    return () => {
      isOver = true
      typed.dispose()
      observer.disconnect()
      socket?.close()
      terminal.dispose()
    }
  }, [guest, turn])
  const again = (taking: boolean): void => {
    setForce(taking)
    setTurn(turn + 1)
  }
  return (
    <div>
      {fault !== null && <FaultNote fault={fault} />}
      <p role="status">
        {t(`console-${link}`)}{' '}
        {link === 'closed' && (
          <>
            {why !== null && <strong>{t('console-refused', { why })} </strong>}
            <button type="button" className="v-button" onClick={() => again(false)}>
              {t('open-again')}
            </button>{' '}
            {why !== null && (
              <button type="button" className="v-button" onClick={() => again(true)}>
                {t('take-over')}
              </button>
            )}
          </>
        )}
      </p>
      {link === 'open' && <p className="v-dim">{t('console-leave')}</p>}
      <div ref={place} className="v-terminal" />
    </div>
  )
}
