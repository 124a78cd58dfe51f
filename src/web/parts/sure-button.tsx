import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { useState } from 'react'
import { useWords } from '../state/language.tsx'

/** Asks once more before it removes. */
export function SureButton({ name, onSure }: { readonly name: string; readonly onSure: () => void }) {
  const { t } = useWords()
  const [isAsked, setAsked] = useState(false)
  if (!isAsked) {
    return (
      <Button size="sm" variant="secondary" aria-label={`${t('remove')}: ${name}`} onClick={() => setAsked(true)}>
        {t('remove')}
      </Button>
    )
  }
  return (
    <span className="v-tags">
      <Button size="sm" variant="danger" autoFocus onClick={onSure}>
        {t('remove-sure', { name })}
      </Button>
      <Button size="sm" variant="link" onClick={() => setAsked(false)}>
        {t('not-now')}
      </Button>
    </span>
  )
}
