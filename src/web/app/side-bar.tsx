import { BalanceScaleIcon } from '@patternfly/react-icons/dist/esm/icons/balance-scale-icon'
import { ChartLineIcon } from '@patternfly/react-icons/dist/esm/icons/chart-line-icon'
import { CogIcon } from '@patternfly/react-icons/dist/esm/icons/cog-icon'
import { FlaskIcon } from '@patternfly/react-icons/dist/esm/icons/flask-icon'
import { HistoryIcon } from '@patternfly/react-icons/dist/esm/icons/history-icon'
import { ServerIcon } from '@patternfly/react-icons/dist/esm/icons/server-icon'
import { StopwatchIcon } from '@patternfly/react-icons/dist/esm/icons/stopwatch-icon'
import { TasksIcon } from '@patternfly/react-icons/dist/esm/icons/tasks-icon'
import { TopologyIcon } from '@patternfly/react-icons/dist/esm/icons/topology-icon'
import { VirtualMachineIcon } from '@patternfly/react-icons/dist/esm/icons/virtual-machine-icon'
import type { ComponentType } from 'react'
import { Link } from '../parts/link.tsx'
import { useWords } from '../state/language.tsx'
import { useRoute } from '../state/navigation.ts'
import type { Route } from '../state/route.ts'
import { Inventory } from './inventory.tsx'

interface Place {
  readonly key:
    | 'now'
    | 'hosts'
    | 'guests'
    | 'tasks'
    | 'events'
    | 'what-if'
    | 'availability'
    | 'drills'
    | 'plan'
    | 'settings'
  readonly to: Route
  readonly icon: ComponentType
  readonly pages: readonly Route['page'][]
}

const places: readonly Place[] = [
  { key: 'now', to: { page: 'now', guest: null, view: 'graph' }, icon: TopologyIcon, pages: ['now'] },
  { key: 'hosts', to: { page: 'hosts' }, icon: ServerIcon, pages: ['hosts', 'host'] },
  { key: 'guests', to: { page: 'guests' }, icon: VirtualMachineIcon, pages: ['guests', 'guest', 'create'] },
  { key: 'tasks', to: { page: 'tasks' }, icon: TasksIcon, pages: ['tasks'] },
  { key: 'events', to: { page: 'events', guest: null, words: [] }, icon: HistoryIcon, pages: ['events'] },
  { key: 'what-if', to: { page: 'what-if', lose: [] }, icon: FlaskIcon, pages: ['what-if'] },
  {
    key: 'availability',
    to: { page: 'availability', period: '30d', from: null, to: null, group: null, promised: null },
    icon: ChartLineIcon,
    pages: ['availability'],
  },
  { key: 'drills', to: { page: 'drills', guest: null }, icon: StopwatchIcon, pages: ['drills', 'drill'] },
  { key: 'plan', to: { page: 'plan', of: 'live' }, icon: BalanceScaleIcon, pages: ['plan'] },
  { key: 'settings', to: { page: 'settings', section: 'file' }, icon: CogIcon, pages: ['settings'] },
]

export function SideBar() {
  const { t } = useWords()
  const { page } = useRoute()
  return (
    <div id="side-bar" className="v-side">
      <nav aria-label={t('navigation')}>
        <ul className="v-nav">
          {places.map(({ key, to, icon: Icon, pages }) => (
            <li key={key}>
              <Link to={to} aria-current={pages.includes(page) ? 'page' : undefined}>
                <span aria-hidden="true">
                  <Icon />
                </span>
                {t(key)}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <Inventory />
    </div>
  )
}
