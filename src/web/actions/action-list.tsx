import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { type ReactNode, useState } from 'react'
import type { GuestSummary } from '../../contract/status.ts'
import { session } from '../api/ask.ts'
import { Command } from '../parts/command.tsx'
import { useWords } from '../state/language.tsx'
import { live } from '../state/live.ts'
import { maySteer } from '../state/may.ts'
import { useStore } from '../state/store.ts'
import { guestCommands } from './commands.ts'
import { dialog } from './dialogs.ts'
import { type GuestAction, guestActions } from './guest-actions.ts'
import { sayWishes, told } from './run.ts'

/** What can be done to these guests, each with the command that does the same. */
export function ActionList({ guests }: { readonly guests: readonly GuestSummary[] }) {
  const words = useWords()
  const { t } = words
  const who = useStore(session, (value) => value)
  const hosts = useStore(live, ({ status }) => status?.hosts.length ?? 0)
  const steered = guests.filter((guest) => maySteer(who, guest))
  if (steered.length === 0) return <p className="v-dim">{t('may-not-steer')}</p>
  return (
    <ul className="v-actions">
      {guestActions.map((action) => {
        const concerned = steered.filter((guest) => action.isOffered(guest, hosts)).map(({ id }) => id)
        if (concerned.length === 0) return null
        return <ActionRow key={action.key} action={action} guests={concerned} />
      })}
    </ul>
  )
}

function ActionRow({ action, guests }: { readonly action: GuestAction; readonly guests: readonly string[] }) {
  const words = useWords()
  const title = words.t(`do-${action.key}`)
  const act = async (): Promise<void> => {
    if (action.dialog !== undefined) return dialog.set({ kind: action.dialog, guests })
    const results = await told(words, title, () => action.run!(guests))
    if (results !== null) sayWishes(words, title, results)
  }
  return (
    <Row
      command={guestCommands[action.key](guests)}
      title={title}
      isDangerous={action.isDangerous ?? false}
      onAct={act}
    >
      {guests.length > 1 ? ` (${guests.length})` : null}
    </Row>
  )
}

/** A button, and the command beside it. */
export function Row(props: {
  readonly title: string
  readonly command: string
  readonly isDangerous?: boolean
  readonly onAct: () => Promise<void> | void
  readonly children?: ReactNode
}) {
  const [isBusy, setBusy] = useState(false)
  const act = async (): Promise<void> => {
    setBusy(true)
    await props.onAct()
    setBusy(false)
  }
  return (
    <li>
      <Button
        size="sm"
        variant={props.isDangerous ? 'danger' : 'secondary'}
        // Not disabled: what is disabled loses the focus.
        isAriaDisabled={isBusy}
        onClick={() => void act()}
      >
        {props.title}
        {props.children}
      </Button>
      <Command text={props.command} isQuiet />
    </li>
  )
}
