import { useState } from 'react'
import { memoryCommand } from '../actions/commands.ts'
import { sayWishes } from '../actions/run.ts'
import { api } from '../api/api.ts'
import { useWords } from '../state/language.tsx'
import { live } from '../state/live.ts'
import { Frame } from './frame.tsx'

export function MemoryDialog({
  guests,
  onClose,
}: {
  readonly guests: readonly string[]
  readonly onClose: () => void
}) {
  const words = useWords()
  const { t, list, size } = words
  const memories = (live.get().status?.guests ?? []).filter(({ id }) => guests.includes(id)).map(({ memory }) => memory)
  const most = Math.min(...memories.map(({ maxMib }) => maxMib ?? Number.POSITIVE_INFINITY))
  const [mib, setMib] = useState(String(memories[0]?.wishedMib ?? memories[0]?.givenMib ?? ''))
  const [asFile, setAsFile] = useState(false)
  const value = Number(mib)
  const isGood = asFile || (Number.isInteger(value) && value > 0 && value <= most)
  const act = async (): Promise<void> => {
    const results = []
    for (const guest of guests) results.push(await api.memory(guest, asFile ? null : value))
    sayWishes(words, t('do-memory'), results)
  }
  return (
    <Frame
      title={t('memory-title', { guests: list(guests) })}
      action={t('do-memory')}
      command={memoryCommand(guests, asFile ? null : value)}
      isReady={isGood}
      onAct={act}
      onClose={onClose}
    >
      <div className="v-filters">
        <label>
          <span>{t('memory-mib')}</span>
          <input
            type="number"
            min={1}
            max={Number.isFinite(most) ? most : undefined}
            value={mib}
            disabled={asFile}
            onChange={(event) => setMib(event.target.value)}
          />
        </label>
        <label className="v-check">
          <input type="checkbox" checked={asFile} onChange={(event) => setAsFile(event.target.checked)} />{' '}
          {t('memory-as-file')}
        </label>
      </div>
      {Number.isFinite(most) && <p>{t('memory-at-most', { most: size(most) })}</p>}
    </Frame>
  )
}
