import { useState } from 'react'
import { guestCommands, hostCommand } from '../actions/commands.ts'
import type { Confirmed } from '../actions/dialogs.ts'
import { sayWishes } from '../actions/run.ts'
import { api } from '../api/api.ts'
import { useWords, type Words } from '../state/language.tsx'
import { live } from '../state/live.ts'
import { note } from '../state/notes.ts'
import { Frame } from './frame.tsx'

interface Question {
  readonly title: string
  readonly action: string
  readonly command: string
  readonly lines: readonly string[]
  /** Has to be typed again: a wrong answer costs data. */
  readonly typed: string | null
  act(): Promise<void>
}

/** A deed with heavy consequences, named before it is done. */
export function ConfirmDialog({ asked, onClose }: { readonly asked: Confirmed; readonly onClose: () => void }) {
  const words = useWords()
  const [typed, setTyped] = useState('')
  const question = questionOf(asked, words)
  return (
    <Frame
      title={question.title}
      action={question.action}
      command={question.command}
      isDangerous
      isReady={question.typed === null || typed === question.typed}
      onAct={question.act}
      onClose={onClose}
    >
      {question.lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
      {question.typed !== null && (
        <div className="v-filters">
          <label>
            <span>{words.t('type-again', { name: question.typed })}</span>
            <input type="text" value={typed} autoComplete="off" onChange={(event) => setTyped(event.target.value)} />
          </label>
        </div>
      )}
    </Frame>
  )
}

function questionOf(asked: Confirmed, words: Words): Question {
  const { t, list } = words
  switch (asked.kind) {
    case 'unmanage': {
      const needing = needingOf(asked.guests)
      return {
        title: t('unmanage-title', { guests: list(asked.guests) }),
        action: t('do-unmanage'),
        command: guestCommands.unmanage(asked.guests),
        lines: [
          t('unmanage-means'),
          ...(needing.length > 0 ? [t('unmanage-needed', { guests: list(needing), count: needing.length })] : []),
        ],
        typed: null,
        act: async () => {
          const results = []
          for (const guest of asked.guests) results.push(await api.unmanage(guest))
          sayWishes(words, t('do-unmanage'), results)
        },
      }
    }
    case 'swear-dead':
      return {
        title: t('swear-title', { host: asked.host }),
        action: t('do-swear-dead'),
        command: hostCommand('swear-dead', asked.host),
        lines: [t('swear-means', { host: asked.host })],
        typed: asked.host,
        act: async () => {
          await api.swearDead(asked.host)
          note('success', t('swear-title', { host: asked.host }))
        },
      }
    case 'fence': {
      const here = (live.get().status?.guests ?? []).filter(({ host, run }) => host === asked.host && run === 'running')
      return {
        title: t('fence-title', { host: asked.host }),
        action: t('do-fence'),
        command: hostCommand('fence', asked.host),
        lines: [
          t('fence-means', { host: asked.host }),
          here.length === 0 ? t('fence-hits-nobody') : t('fence-hits', { guests: list(here.map(({ id }) => id)) }),
        ],
        typed: asked.host,
        act: async () => {
          await api.fence(asked.host)
          note('success', t('fence-title', { host: asked.host }))
        },
      }
    }
    case 'disarm':
      return {
        title: t('disarm-title'),
        action: t('do-disarm'),
        command: 'vigia disarm',
        lines: [t('disarmed-means')],
        typed: null,
        act: async () => {
          await api.arm({ armed: false })
          note('warning', t('disarmed'))
        },
      }
  }
}

/** Of guests, those that need them. */
function needingOf(guests: readonly string[]): readonly string[] {
  return (live.get().status?.guests ?? [])
    .filter(
      ({ id, needs }) => !guests.includes(id) && needs.some(({ guest }) => guest !== null && guests.includes(guest)),
    )
    .map(({ id }) => id)
}
