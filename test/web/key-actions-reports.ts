import { DrillDaemon, drilledOffice } from './drill-daemon.ts'
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

const drillActions: readonly KeyAction[] = [
  {
    does: 'a drill is put together, checked, begun after its consequences were read, and ended',
    covers: [
      ...['drills/drill-form.tsx', 'drills/drill-field.tsx', 'drills/drill-more.tsx', 'drills/drill-sure.tsx'],
      ...['drills/drill-now.tsx', 'api.beginDrill', 'api.stopDrill'],
    ],
    run: async (keys, daemon) => {
      const { page } = keys
      await keys.at('/drills')
      await keys.pick(page.getByRole('combobox', { name: 'Guest' }), 'web')
      await keys.fill(page.getByRole('spinbutton', { name: 'Runs of each' }), '50')
      await keys.to(page.getByRole('checkbox', { name: /^reboot/ }))
      await page.keyboard.press('Space')
      await keys.to(page.getByText('More settings'))
      await page.keyboard.press('Enter')
      await keys.pick(page.getByRole('combobox', { name: 'It is moved to' }), 'h3')
      await keys.press(keys.button('Only check'))
      await page.getByText('It might begin now').or(page.getByText('people use this cluster')).first().waitFor()
      await keys.to(keys.button('Begin'), 'Shift+Tab')
      await page.keyboard.press('Enter')
      const dialog = page.getByRole('dialog')
      await keys.press(keys.button('Begin the drill', dialog))
      await page.getByRole('heading', { name: /^Under way/ }).waitFor()
      await page.getByText(/^\d+ of 150: /).waitFor()
      await keys.to(keys.button('End it'), 'Shift+Tab')
      await page.keyboard.press('Enter')
      await page
        .getByText(/^.*Drill web-\w+ is over/)
        .first()
        .waitFor({ timeout: 30_000 })
      await becomes(
        () => daemon instanceof DrillDaemon && daemon.cluster.now.guests.every(({ phase }) => phase === 'ready'),
        true,
      )
    },
  },
  {
    does: 'a report of a drill is saved and printed',
    covers: ['drills/downloads.tsx'],
    run: async (keys) => {
      const { page } = keys
      await keys.at('/drills/web-t4x2k1')
      const download = page.waitForEvent('download')
      await keys.press(keys.button('CSV file'))
      await download
      await page.evaluate('window.print = () => { window.printed = true }')
      await keys.to(keys.button('Print, or save as PDF'), 'Shift+Tab')
      await page.keyboard.press('Enter')
      await becomes(() => page.evaluate('window.printed'), true)
    },
  },
]

export const drillScene: KeyScene = { name: 'drills', daemon: () => drilledOffice(), actions: drillActions }
