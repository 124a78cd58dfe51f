import { useEffect } from 'react'
import { api } from '../api/api.ts'
import { FaultNote } from '../parts/fault-note.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { TaskLine } from '../parts/task-line.tsx'
import { useAsked } from '../parts/use-asked.ts'
import { useWords } from '../state/language.tsx'
import { live } from '../state/live.ts'
import { withTask } from '../state/live-state.ts'
import { useStore } from '../state/store.ts'

export function TasksPage() {
  const { t, reason } = useWords()
  const asked = useAsked(api.tasks, [])
  const tasks = useStore(live, (state) => state.tasks)
  useEffect(() => {
    if (asked.value === null) return
    // What the stream brought meanwhile is newer.
    const known = new Set(live.get().tasks.map(({ id }) => id))
    const merged = asked.value.tasks.filter(({ id }) => !known.has(id)).reduce(withTask, live.get().tasks)
    live.set({ ...live.get(), tasks: merged })
  }, [asked.value])
  return (
    <>
      <PageHead title={t('tasks')} />
      {asked.fault !== null && <FaultNote fault={asked.fault} />}
      {tasks.length === 0 && <p className="v-empty">{t('no-tasks')}</p>}
      <ul className="v-plain-list">
        {tasks.map((task) => (
          <li key={task.id}>
            <TaskLine task={task} />
            {task.steps.length > 0 && (
              <details className="v-steps">
                <summary>{t('steps', { count: task.steps.length })}</summary>
                <ol>
                  {task.steps.map(({ subject, state, because }) => (
                    <li key={subject}>
                      {subject}: {t(`task-${state}`)}
                      {because !== null && <span className="v-dim"> ({reason(because)})</span>}
                    </li>
                  ))}
                </ol>
              </details>
            )}
          </li>
        ))}
      </ul>
    </>
  )
}
