import { Alert, AlertActionCloseButton, AlertGroup } from '@patternfly/react-core/dist/esm/components/Alert'
import { useWords } from '../state/language.tsx'
import { dismiss, notes } from '../state/notes.ts'
import { useStore } from '../state/store.ts'

/** What came of what was asked: said where it is seen, and to screen readers. */
export function Messages() {
  const { t } = useWords()
  const all = useStore(notes, (value) => value)
  return (
    <AlertGroup isToast isLiveRegion className="v-messages">
      {all.map(({ id, variant, title, lines }) => (
        <Alert
          key={id}
          variant={variant}
          title={title}
          component="p"
          actionClose={<AlertActionCloseButton aria-label={t('close')} onClose={() => dismiss(id)} />}
        >
          {lines.map((line) => (
            <p key={line}>{line}</p>
          ))}
        </Alert>
      ))}
    </AlertGroup>
  )
}
