import type { KeyAction, KeyScene } from './key-scenes.ts'
import { becomes } from './keyboard.ts'
import { reportDaemon } from './report-daemon.ts'

const reportActions: readonly KeyAction[] = [
  {
    does: 'the period and the group of a report are chosen, a change is played, and it is printed',
    covers: ['pages/availability-page.tsx', 'reports/outlook-section.tsx'],
    run: async (keys) => {
      const { page } = keys
      await keys.at('/availability?period=90d')
      await keys.to(page.getByRole('combobox', { name: 'Period' }))
      await page.keyboard.press('ArrowDown')
      await becomes(() => new URL(page.url()).searchParams.get('period'), '365d')
      await keys.pick(page.getByRole('combobox', { name: 'Group' }), 'base')
      await becomes(() => new URL(page.url()).searchParams.get('group'), 'base')
      await keys.fill(page.getByRole('spinbutton', { name: 'Hosts' }), '5')
      await page.getByText(/^With this change: /).waitFor({ timeout: 60_000 })
      await page.evaluate('window.print = () => { window.printed = true }')
      await keys.to(keys.button('Print'), 'Shift+Tab')
      await page.keyboard.press('Enter')
      await becomes(() => page.evaluate('window.printed'), true)
    },
  },
  {
    does: 'a plan of the cluster is reckoned',
    covers: ['pages/plan-page.tsx', 'reports/plan-form.tsx'],
    run: async (keys) => {
      const { page } = keys
      await keys.at('/plan')
      await keys.press(keys.button('Reckon'))
      await page.getByRole('heading', { level: 2, name: 'Answer' }).waitFor({ timeout: 60_000 })
      await keys.to(keys.button('Print'), 'Shift+Tab')
    },
  },
]

export const reportScene: KeyScene = { name: 'reports', daemon: () => reportDaemon(), actions: reportActions }
