import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { useMemo, useState } from 'react'
import type { ClusterFileView } from '../../contract/apply.ts'
import { session } from '../api/ask.ts'
import { ApplyPreview } from '../file/apply-preview.tsx'
import { contentOf, type Draft, draftProblem, emptyDraft } from '../file/create-draft.ts'
import { CreateMachine, CreateServices } from '../file/create-steps.tsx'
import { edited, NotInFile } from '../file/edit-file.ts'
import { useFile } from '../file/use-file.ts'
import { FaultNote } from '../parts/fault-note.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { useWords } from '../state/language.tsx'
import { live } from '../state/live.ts'
import { mayAdminister } from '../state/may.ts'
import { go } from '../state/navigation.ts'
import { useStore } from '../state/store.ts'

const steps = ['machine', 'services', 'review'] as const

/** In three steps to a few lines of the cluster file. */
export function CreatePage() {
  const { t } = useWords()
  const administers = mayAdminister(useStore(session, (value) => value))
  const taken = useStore(live, (state) => state.status?.guests)
  const file = useFile()
  const [draft, setDraft] = useState<Draft>(emptyDraft)
  const [at, setAt] = useState(0)
  const problem = draftProblem(
    draft,
    (taken ?? []).map(({ id }) => id),
  )
  const step = steps[at]!
  if (!administers) return <p>{t('administrators-only')}</p>
  if (file.fault !== null) return <FaultNote fault={file.fault} />
  if (file.value === null) return <p role="status">{t('loading')}</p>
  return (
    <>
      <PageHead title={t('create-guest')} />
      <p>{t('create-about')}</p>
      <ol className="v-wizard">
        {steps.map((name, index) => (
          <li key={name} aria-current={index === at ? 'step' : undefined}>
            {t(`create-step-${name}`)}
          </li>
        ))}
      </ol>
      {step === 'machine' && <CreateMachine draft={draft} onChange={setDraft} problem={problem} />}
      {step === 'services' && <CreateServices draft={draft} onChange={setDraft} guests={taken ?? []} />}
      {step === 'review' && <Review draft={draft} file={file.value} />}
      <p className="v-tags">
        {at > 0 && (
          <Button variant="secondary" onClick={() => setAt(at - 1)}>
            {t('create-prev')}
          </Button>
        )}
        {at < steps.length - 1 && (
          <Button isDisabled={problem !== null} onClick={() => setAt(at + 1)}>
            {t('create-next')}
          </Button>
        )}
      </p>
    </>
  )
}

/** The lines of the file, which only its last step needs. */
function Review({ draft, file }: { readonly draft: Draft; readonly file: ClusterFileView }) {
  const { t } = useWords()
  const after = useMemo(() => textWith(draft, file.text), [draft, file.text])
  if (after instanceof NotInFile) return <p role="alert">{t('file-by-hand', { what: after.message })}</p>
  return (
    <ApplyPreview
      path={file.path}
      before={file.text}
      text={after}
      onApplied={() => go({ page: 'guest', guest: draft.name, tab: 'overview' })}
    />
  )
}

function textWith(draft: Draft, text: string): string | NotInFile {
  try {
    return edited(text, [{ kind: 'add-guest', guest: draft.name, content: contentOf(draft) }])
  } catch (error) {
    if (error instanceof NotInFile) return error
    throw error
  }
}
