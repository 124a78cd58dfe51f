import { useState } from 'react'
import type { MovesResult } from '../../contract/moves.ts'
import { migrateCommand } from '../actions/commands.ts'
import { api } from '../api/api.ts'
import { FaultNote } from '../parts/fault-note.tsx'
import { useAsked } from '../parts/use-asked.ts'
import { useWords } from '../state/language.tsx'
import { live } from '../state/live.ts'
import { note } from '../state/notes.ts'
import { useStore } from '../state/store.ts'
import { Frame } from './frame.tsx'
import { Moves } from './moves.tsx'

/** Each target is asked of the daemon before it is chosen: a refused one says why. Without guests the daemon evens all out. */
export function MigrateDialog(props: { readonly guests: readonly string[] | null; readonly onClose: () => void }) {
  const { guests, onClose } = props
  const { t, list } = useWords()
  const hosts = useStore(live, (state) => state.status?.hosts)
  const [to, setTo] = useState('')
  const [cold, setCold] = useState(false)
  const wanted = { ...(to !== '' && { to }), ...(cold && { cold }) }
  const ask = (dryRun: boolean): Promise<MovesResult> =>
    guests === null ? api.rebalance({ dryRun }) : api.migrate({ guests: [...guests], ...wanted, dryRun })
  const plan = useAsked(() => ask(true), [to, cold])
  const title = guests === null ? t('do-rebalance') : t('migrate-title', { guests: list(guests) })
  const command = migrateCommand(guests, to === '' ? null : to, cold)
  const act = async (): Promise<void> => {
    const { moves } = await ask(false)
    note('success', title, [moves.map(({ guest, to: target }) => `${guest} → ${target}`).join(', ')])
  }
  return (
    <Frame
      title={title}
      action={guests === null ? t('do-rebalance') : t('do-migrate')}
      command={command}
      isReady={plan.fault === null && (plan.value?.moves.length ?? 0) > 0}
      onAct={act}
      onClose={onClose}
    >
      {guests !== null && (
        <div className="v-filters">
          <label>
            <span>{t('to')}</span>
            <select value={to} onChange={(event) => setTo(event.target.value)}>
              <option value="">{t('best-place')}</option>
              {(hosts ?? []).map(({ id }) => (
                <option key={id}>{id}</option>
              ))}
            </select>
          </label>
          <label className="v-check">
            <input type="checkbox" checked={cold} onChange={(event) => setCold(event.target.checked)} /> {t('cold')}
          </label>
        </div>
      )}
      <div aria-live="polite">
        {plan.fault !== null && <FaultNote fault={plan.fault} />}
        {plan.value !== null && plan.fault === null && <Moves result={plan.value} />}
      </div>
    </Frame>
  )
}
