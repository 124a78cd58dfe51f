import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { useMemo, useState } from 'react'
import type { WhatIfView } from '../../contract/what-if.ts'
import type { Fault } from '../../model/fault.ts'
import { type GuestId, hostId, type ServiceKey, wallTime } from '../../model/ids.ts'
import { whatIfCommand } from '../actions/commands.ts'
import { api } from '../api/api.ts'
import { faultOf } from '../api/ask.ts'
import { Command } from '../parts/command.tsx'
import { type Column, DataTable } from '../parts/data-table.tsx'
import { FaultNote } from '../parts/fault-note.tsx'
import { GuestLink } from '../parts/link.tsx'
import { HostState } from '../parts/look-icon.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { useWords, type Words } from '../state/language.tsx'
import { live } from '../state/live.ts'
import { go } from '../state/navigation.ts'
import { useStore } from '../state/store.ts'

type Fate = WhatIfView['guests'][number]

/** Hosts are chosen, and the loss is played through on a copy of the cluster as it is now. */
export function WhatIfPage({ lose }: { readonly lose: readonly string[] }) {
  const words = useWords()
  const { t, list } = words
  const hosts = useStore(live, (state) => state.status?.hosts)
  const [answer, setAnswer] = useState<{ readonly lost: readonly string[]; readonly view: WhatIfView } | null>(null)
  const [fault, setFault] = useState<Fault | null>(null)
  const [isBusy, setBusy] = useState(false)
  const toggle = (host: string): void => {
    const next = lose.includes(host) ? lose.filter((one) => one !== host) : [...lose, host]
    go({ page: 'what-if', lose: next }, { replace: true })
  }
  const run = async (): Promise<void> => {
    setBusy(true)
    setFault(null)
    try {
      setAnswer({ lost: lose, view: await api.whatIf({ lose: [...lose] }) })
    } catch (error) {
      setFault(faultOf(error))
    }
    setBusy(false)
  }
  return (
    <>
      <PageHead title={t('what-if')} />
      <p>{t('what-if-about')}</p>
      <fieldset className="v-choices">
        <legend>{t('what-if-choose')}</legend>
        {(hosts ?? []).map((host) => (
          <label key={host.id} className="v-check">
            <input type="checkbox" checked={lose.includes(host.id)} onChange={() => toggle(host.id)} /> {host.id}{' '}
            <HostState host={host} />
          </label>
        ))}
      </fieldset>
      <p className="v-run">
        <Button isDisabled={lose.length === 0} isAriaDisabled={isBusy} isLoading={isBusy} onClick={() => void run()}>
          {t('what-if-run')}
        </Button>
        {lose.length === 0 ? (
          <span className="v-dim">{t('what-if-none')}</span>
        ) : (
          <Command text={whatIfCommand(lose)} isQuiet />
        )}
      </p>
      {fault !== null && <FaultNote fault={fault} />}
      {answer !== null && (
        <section aria-live="polite">
          <h2>{t('what-if-result', { hosts: list(answer.lost), count: answer.lost.length })}</h2>
          <Outcome view={answer.view} words={words} />
        </section>
      )}
    </>
  )
}

function Outcome({ view, words }: { readonly view: WhatIfView; readonly words: Words }) {
  const { t, duration } = words
  const columns = useMemo(() => columnsOf(words), [words])
  const waiting = view.guests.filter(({ readyMs }) => readyMs === null)
  const last = Math.max(0, ...view.guests.map(({ readyMs }) => readyMs ?? 0))
  return (
    <>
      {!view.quorum && <p role="alert">{t('what-if-no-quorum')}</p>}
      <p>
        {waiting.length === 0
          ? t('what-if-all-back', { time: duration(last) })
          : t('what-if-waiting', { count: waiting.length })}{' '}
        {t('what-if-untouched', { count: view.untouched.length })}
      </p>
      <DataTable
        name="what-if"
        caption={t('what-if')}
        columns={columns}
        rows={view.guests}
        rowKey={({ guest }) => guest}
        empty={t('no-guests')}
      />
      <Course events={view.events} words={words} />
    </>
  )
}

/** Who waits for whom meanwhile, step by step. */
function Course({ events, words }: { readonly events: WhatIfView['events']; readonly words: Words }) {
  const { t, duration } = words
  return (
    <details className="v-course">
      <summary>{t('what-if-course', { count: events.length })}</summary>
      <ol>
        {events.slice(0, courseAtMost).map((event, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a course that was played does not change any more
          <li key={index}>
            <time className="v-dim">{duration(event.at)}</time> <span>{told(event, words)}</span>
          </li>
        ))}
      </ol>
    </details>
  )
}

/** The course of a thousand guests is not read: its beginning tells how it goes. */
const courseAtMost = 500

/** An event of a pretend world, as one of a history is told. */
function told(event: WhatIfView['events'][number], words: Words): string {
  const { at, guest = null, host = '', service = null, because, word } = event
  const actor = event.actor === 'world' ? 'daemon' : event.actor
  const rest = { because, service: service as ServiceKey | null, fault: null, note: null }
  return words.event({ ...rest, word, actor, at: wallTime(at), guest: guest as GuestId | null, host: hostId(host) })
}

function columnsOf({ t, duration, reason }: Words): readonly Column<Fate>[] {
  return [
    { key: 'guest', heading: t('guest'), isFixed: true, cell: ({ guest }) => <GuestLink guest={guest} /> },
    { key: 'from', heading: t('from'), cell: ({ from }) => from ?? '–' },
    { key: 'to', heading: t('to'), cell: ({ to }) => to ?? '–' },
    {
      key: 'after',
      heading: t('ready-after'),
      cell: ({ readyMs }) => (readyMs === null ? t('not-at-all') : duration(readyMs)),
      order: ({ readyMs }) => readyMs ?? Number.MAX_SAFE_INTEGER,
    },
    { key: 'why', heading: t('why'), cell: ({ because }) => reason(because) },
  ]
}
