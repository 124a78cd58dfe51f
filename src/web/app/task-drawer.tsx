import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { AngleDownIcon } from '@patternfly/react-icons/dist/esm/icons/angle-down-icon'
import { AngleUpIcon } from '@patternfly/react-icons/dist/esm/icons/angle-up-icon'
import { useState } from 'react'
import { Link } from '../parts/link.tsx'
import { TaskLine } from '../parts/task-line.tsx'
import { useWords } from '../state/language.tsx'
import { live } from '../state/live.ts'
import { useStore } from '../state/store.ts'

const shownAtMost = 5

export function TaskDrawer() {
  const { t } = useWords()
  const tasks = useStore(live, (state) => state.tasks)
  const [isOpen, setOpen] = useState(false)
  const running = tasks.filter(({ state }) => state === 'running')
  const shown = [...running, ...tasks.filter(({ state }) => state !== 'running')].slice(0, shownAtMost)
  const Icon = isOpen ? AngleDownIcon : AngleUpIcon
  return (
    <section className="v-drawer" aria-label={t('tasks')}>
      <div className="v-drawer-head">
        <Button
          variant="plain"
          size="sm"
          aria-expanded={isOpen}
          aria-controls="task-drawer"
          icon={<Icon />}
          onClick={() => setOpen(!isOpen)}
        >
          {t('tasks')}
        </Button>
        <p role="status" className="v-drawer-now">
          {running.length === 0 ? t('no-task-runs') : t('tasks-running', { count: running.length })}
        </p>
        {!isOpen && running[0] !== undefined && <TaskLine task={running[0]} isBrief />}
      </div>
      <div id="task-drawer" hidden={!isOpen}>
        {shown.map((task) => (
          <TaskLine key={task.id} task={task} />
        ))}
        {shown.length === 0 && <p className="v-dim">{t('no-tasks')}</p>}
        <Link to={{ page: 'tasks' }}>{t('all-tasks')}</Link>
      </div>
    </section>
  )
}
