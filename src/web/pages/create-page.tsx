import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { useState } from 'react'
import { session } from '../api/ask.ts'
import { ApplyPreview } from '../file/apply-preview.tsx'
import { contentOf, type Draft, draftProblem, emptyDraft } from '../file/create-draft.ts'
import { CreateMachine, CreateServices } from '../file/create-steps.tsx'
import { edited } from '../file/edit-file.ts'
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
  const after = edited(file.value.text, [{ kind: 'add-guest', guest: draft.name, content: contentOf(draft) }])
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
      {step === 'review' && (
        <ApplyPreview
          path={file.value.path}
          before={file.value.text}
          text={after}
          onApplied={() => go({ page: 'guest', guest: draft.name, tab: 'overview' })}
        />
      )}
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
