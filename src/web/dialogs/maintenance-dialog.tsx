import { useState } from 'react'
import { maintenanceCommand } from '../actions/commands.ts'
import { api } from '../api/api.ts'
import { FaultNote } from '../parts/fault-note.tsx'
import { useAsked } from '../parts/use-asked.ts'
import { useWords } from '../state/language.tsx'
import { live } from '../state/live.ts'
import { note } from '../state/notes.ts'
import { Frame } from './frame.tsx'
import { Moves } from './moves.tsx'

/** With a preview of where everything goes. */
export function MaintenanceDialog({ host, onClose }: { readonly host: string; readonly onClose: () => void }) {
  const { t } = useWords()
  // As it was when it was asked: the answer to the question must not turn round while it is given.
  const [on] = useState(() => !live.get().status?.hosts.find(({ id }) => id === host)?.member?.maintenance)
  const [force, setForce] = useState(false)
  const plan = useAsked(() => api.maintenance(host, { on, dryRun: true }), [host, on])
  const stays = plan.value?.stays.length ?? 0
  const title = on ? t('maintenance-on-title', { host }) : t('maintenance-off-title', { host })
  const act = async (): Promise<void> => {
    await api.maintenance(host, { on, ...(force && { force }) })
    note('success', title)
  }
  return (
    <Frame
      title={title}
      action={on ? t('do-maintenance-on') : t('do-maintenance-off')}
      command={maintenanceCommand(host, on, force)}
      isReady={plan.value !== null && (stays === 0 || force || !on)}
      onAct={act}
      onClose={onClose}
    >
      <p>{on ? t('maintenance-means') : t('maintenance-over-means')}</p>
      <div aria-live="polite">
        {plan.fault !== null && <FaultNote fault={plan.fault} />}
        {plan.value !== null && <Moves result={plan.value} />}
      </div>
      {on && stays > 0 && (
        <label className="v-check">
          <input type="checkbox" checked={force} onChange={(event) => setForce(event.target.checked)} />{' '}
          {t('maintenance-force', { count: stays })}
        </label>
      )}
    </Frame>
  )
}
