import type { MembersView } from '../../contract/status.ts'
import { api } from '../api/api.ts'
import { useWords } from '../state/language.tsx'
import { note } from '../state/notes.ts'
import { Row } from './action-list.tsx'
import { dialog } from './dialogs.ts'
import { told } from './run.ts'

/** What concerns the hosts as a whole. */
export function ClusterActions({ members }: { readonly members: MembersView }) {
  const words = useWords()
  const { t } = words
  const arm = async (): Promise<void> => {
    const done = await told(words, t('do-arm'), () => api.arm({ armed: true }))
    if (done !== null) note('success', t('armed'))
  }
  const reset = async (): Promise<void> => {
    const done = await told(words, t('do-fence-reset'), () => api.fenceReset())
    if (done !== null) note('success', t('do-fence-reset'))
  }
  return (
    <section>
      <h2>{t('cluster-actions')}</h2>
      <p>
        {members.armed ? t('armed-means') : t('disarmed-means')}{' '}
        {t('fenced-count', { count: members.fenced.length, limit: members.fencedAtMost })}
      </p>
      <ul className="v-actions">
        {members.armed ? (
          <Row title={t('do-disarm')} command="vigia disarm" isDangerous onAct={() => dialog.set({ kind: 'disarm' })} />
        ) : (
          <Row title={t('do-arm')} command="vigia arm" onAct={arm} />
        )}
        <Row title={t('do-rebalance')} command="vigia rebalance" onAct={() => dialog.set({ kind: 'rebalance' })} />
        {members.fenced.length > 0 && <Row title={t('do-fence-reset')} command="vigia fence reset" onAct={reset} />}
      </ul>
    </section>
  )
}
