import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import type { TaskView } from '../../contract/tasks.ts'
import { wallTime } from '../../model/ids.ts'
import { taskKinds } from '../../model/task.ts'
import { api } from '../api/api.ts'
import { faultOf } from '../api/ask.ts'
import { useWords, type Words } from '../state/language.tsx'
import { note } from '../state/notes.ts'

const mib = (bytes: number): number => Math.round(bytes / 1024 / 1024)

/** What a task is, how far it has come, and a way to stop it. */
export function TaskLine({ task, isBrief = false }: { readonly task: TaskView; readonly isBrief?: boolean }) {
  const words = useWords()
  const { t, size } = words
  const { done, total, bytes } = task.progress
  const label = taskWords(task, words)
  return (
    <div className={`v-task v-task-${task.state}`}>
      <span className="v-task-name">{label}</span>
      <span className="v-task-state">{t(`task-${task.state}`)}</span>
      <progress aria-label={label} value={done} max={Math.max(1, total)} />
      <span className="v-dim">{t('progress', { done, total })}</span>
      {bytes != null && (
        <span className="v-dim">
          {t('progress-bytes', { copied: size(mib(bytes.done)), size: size(mib(bytes.total)) })}
        </span>
      )}
      {!isBrief && <span className="v-dim">{words.clock(wallTime(task.startedAt))}</span>}
      {!isBrief && task.by !== '' && <span className="v-dim">{task.by}</span>}
      {task.cancellable && task.state === 'running' && (
        <Button variant="link" size="sm" isInline onClick={() => void cancel(task, words)}>
          {t('cancel')}
        </Button>
      )}
    </div>
  )
}

export function taskWords({ kind, subjects }: TaskView, { t, list }: Words): string {
  // A newer daemon may do what this console does not know: its name is then the best word.
  const said = taskKinds.includes(kind) ? t(`task-kind-${kind}`) : kind
  return subjects.length === 0 ? said : `${said}: ${list(subjects, 4)}`
}

async function cancel(task: TaskView, words: Words): Promise<void> {
  try {
    await api.cancelTask(task.id)
  } catch (error) {
    const { sentence, hint } = words.fault(faultOf(error).data)
    note('danger', sentence, [hint])
  }
}
