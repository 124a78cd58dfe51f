import { Command } from '../parts/command.tsx'
import { Link } from '../parts/link.tsx'
import { useWords } from '../state/language.tsx'

export function EmptyNow({ hasCluster }: { readonly hasCluster: boolean }) {
  const { t } = useWords()
  return (
    <div className="v-empty">
      <h2>{hasCluster ? t('no-guests') : t('no-cluster-file')}</h2>
      <p>{t('begin-with')}</p>
      <p>
        <Link to={{ page: 'create' }}>{t('create-guest')}</Link> ·{' '}
        <Link to={{ page: 'settings', section: 'file' }}>{t('edit-file')}</Link>
      </p>
      <p>
        <Command text="vigia import > cluster.yaml && vigia apply cluster.yaml" />
      </p>
    </div>
  )
}
