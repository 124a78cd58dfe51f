import assert from 'node:assert/strict'
import { password } from './console-daemon.ts'
import type { KeyAction } from './key-scenes.ts'
import { becomes } from './keyboard.ts'

/** What is round every page. */
export const aroundActions: readonly KeyAction[] = [
  {
    does: 'what is common to all pages is passed over',
    covers: ['app/shell.tsx'],
    run: async (keys) => {
      await keys.at('/tasks')
      await keys.to(keys.page.locator('main a, main button, .v-drawer button').first())
    },
  },
  {
    does: 'a page is chosen from the list of pages',
    covers: ['parts/link.tsx'],
    run: async (keys) => {
      const places = keys.page.getByRole('navigation', { name: 'Navigation' })
      await keys.press(places.getByRole('link', { name: 'Events' }))
      await keys.page.getByRole('heading', { level: 1, name: 'Events' }).waitFor()
    },
  },
  {
    does: 'the list of guests is grouped, its branches closed and opened',
    covers: ['app/inventory.tsx'],
    run: async (keys) => {
      const list = keys.page.getByRole('region', { name: 'Inventory' })
      await keys.pick(list.getByRole('combobox', { name: 'Grouped by' }), 'tag')
      const branch = list.locator('summary').filter({ hasText: 'front' })
      const guest = list.getByRole('link', { name: /^erp/ })
      await guest.waitFor()
      await keys.press(branch)
      await guest.waitFor({ state: 'detached' })
      await keys.page.keyboard.press('Enter')
      await keys.press(guest)
      await keys.page.getByRole('heading', { level: 1, name: 'erp' }).waitFor()
      // A page that is left from within: one goes on at the beginning of the next.
      await keys.press(keys.page.getByRole('main').getByRole('link', { name: 'h1' }))
      await keys.page.locator('main:focus').waitFor()
    },
  },
  {
    does: 'something is searched, and gone to',
    covers: ['app/search.tsx'],
    run: async (keys) => {
      await keys.page.keyboard.press('Control+k')
      await keys.page.keyboard.type('mon')
      await keys.page.getByRole('option', { name: /^monitor/ }).waitFor()
      await keys.page.keyboard.press('ArrowDown')
      await keys.page.keyboard.press('ArrowUp')
      await keys.page.keyboard.press('Enter')
      await keys.page.getByRole('heading', { level: 1, name: 'monitor' }).waitFor()
    },
  },
  {
    does: 'language and theme are changed',
    covers: ['app/preference-buttons.tsx'],
    run: async (keys) => {
      const { page } = keys
      await keys.press(page.getByRole('button', { name: 'Mudar para português' }))
      await keys.press(page.getByRole('button', { name: 'Switch to English' }))
      await keys.press(page.getByRole('button', { name: 'Theme: like the system' }))
      await keys.press(page.getByRole('button', { name: 'Theme: light' }))
      await page.locator('html.pf-v6-theme-dark').waitFor({ state: 'attached' })
      await keys.press(page.getByRole('button', { name: 'Theme: dark' }))
    },
  },
  {
    does: 'the tasks are opened and closed',
    covers: ['app/task-drawer.tsx'],
    run: async (keys) => {
      const drawer = keys.page.getByRole('region', { name: 'Tasks' })
      await keys.press(keys.button('Tasks', drawer))
      await drawer.getByRole('link', { name: 'All tasks' }).waitFor()
      await keys.page.keyboard.press('Enter')
      await drawer.getByRole('link', { name: 'All tasks' }).waitFor({ state: 'hidden' })
    },
  },
  {
    does: 'guests of the drawing are gone through, one is opened and closed',
    covers: ['now/graph.tsx', 'now/graph-node.tsx', 'now/now-panel.tsx'],
    run: async (keys) => {
      const { page } = keys
      await keys.at('/')
      await keys.to(page.locator('[data-node="dns"]'))
      await page.keyboard.press('ArrowRight')
      await page.keyboard.press('End')
      await page.locator('[data-node="monitor"]:focus').waitFor()
      await page.keyboard.press('Enter')
      const panel = page.getByRole('complementary', { name: /^monitor/ })
      // All that a click on a line shows: the needs, their state and their history.
      await keys.to(panel.getByRole('link', { name: 'Answers so far' }).first())
      await page.keyboard.press('Escape')
      await panel.waitFor({ state: 'detached' })
      await page.locator('[data-node="monitor"]:focus').waitFor()
      await page.keyboard.press('Enter')
      await keys.press(keys.button('Close', panel))
      await panel.waitFor({ state: 'detached' })
      await page.locator('[data-node="monitor"]:focus').waitFor()
    },
  },
  {
    does: 'the drawing is made larger, smaller, and fits again; the table is chosen instead',
    covers: ['now/zoom-buttons.tsx', 'now/now-page.tsx'],
    run: async (keys) => {
      const { page } = keys
      await keys.at('/')
      const size = async (): Promise<number> => Math.round((await page.locator('.v-plane-size').boundingBox())!.width)
      const before = await size()
      await keys.press(keys.button('Larger'))
      await becomes(async () => (await size()) > before, true)
      await keys.press(keys.button('Smaller'))
      await keys.press(keys.button('Smaller'))
      await becomes(async () => (await size()) < before, true)
      await keys.press(keys.button('Fit into the window'))
      await becomes(size, before)
      await keys.to(keys.button('Table'), 'Shift+Tab')
      await page.keyboard.press('Enter')
      await page.getByRole('table', { name: 'Guests' }).waitFor()
    },
  },
  {
    does: 'a message is put away',
    covers: ['app/messages.tsx'],
    run: async (keys) => {
      await keys.at('/guests/monitor')
      await keys.press(keys.button('Pause'))
      await keys.said('Pause: monitor')
      await keys.press(keys.button('Close', keys.page.locator('.v-messages')))
      await keys.page.locator('.v-messages').getByText('Pause: monitor').waitFor({ state: 'detached' })
    },
  },
  {
    does: 'a page whose file did not come is loaded again',
    covers: ['app/pages.tsx'],
    run: async (keys) => {
      const { page } = keys
      await page.route(/\/assets\/tasks-page-/, (route) => route.abort())
      await page.goto('/tasks')
      await page.getByRole('heading', { name: 'This page cannot be shown' }).waitFor()
      await page.unroute(/\/assets\/tasks-page-/)
      await keys.press(keys.button('Load again'))
      await page.getByRole('heading', { level: 1, name: 'Tasks' }).waitFor()
    },
  },
  {
    does: 'one goes out',
    covers: ['app/masthead.tsx'],
    run: async (keys) => {
      await keys.press(keys.page.getByRole('button', { name: 'Log out (ana)' }))
      await keys.page.getByRole('heading', { name: 'Log in to Vigia' }).waitFor()
    },
  },
]

export const tableActions: readonly KeyAction[] = [
  {
    does: 'guests are filtered by text, tag and state',
    covers: ['pages/guests-page.tsx'],
    run: async (keys) => {
      const { page } = keys
      await keys.at('/guests')
      const rows = page.getByRole('table', { name: 'Guests' }).locator('tbody tr')
      await keys.fill(page.getByRole('searchbox', { name: 'Filter' }), 'e')
      await keys.pick(page.getByRole('combobox', { name: 'Tag' }), 'front')
      await becomes(() => rows.count(), 2)
      await keys.pick(page.getByRole('combobox', { name: 'State' }), 'failed')
      await becomes(() => rows.count(), 0)
    },
  },
  {
    does: 'a table is sorted, a column hidden, rows are chosen',
    covers: ['parts/data-table.tsx'],
    run: async (keys) => {
      const { page } = keys
      await keys.at('/guests')
      const table = page.getByRole('table', { name: 'Guests' })
      await keys.press(page.locator('.v-columns summary'))
      await keys.press(page.getByRole('checkbox', { name: 'Wave' }), 'Space')
      await page.getByRole('columnheader', { name: 'Wave' }).waitFor({ state: 'detached' })
      await keys.press(page.getByRole('checkbox', { name: 'Choose all' }), 'Space')
      await page.getByRole('heading', { name: '9 guests chosen' }).waitFor()
      await keys.press(table.getByRole('button', { name: /^Guest/ }))
      await keys.page.keyboard.press('Enter')
      await page.locator('th[aria-sort="descending"]').waitFor()
      assert.match((await table.locator('tbody tr').first().textContent())!, /^web/)
      await keys.press(page.getByRole('checkbox', { name: 'Choose web' }), 'Space')
      await page.getByRole('heading', { name: '8 guests chosen' }).waitFor()
    },
  },
  {
    does: 'events are filtered by guest and kind',
    covers: ['pages/events-page.tsx'],
    run: async (keys) => {
      const { page } = keys
      await keys.at('/events')
      await keys.pick(page.getByRole('combobox', { name: 'Guest' }), 'mail')
      await becomes(() => new URL(page.url()).searchParams.get('guest'), 'mail')
      await keys.pick(page.getByRole('combobox', { name: 'Kind' }), 'moves')
      await becomes(() => new URL(page.url()).searchParams.get('words')?.startsWith('migrate'), true)
    },
  },
  {
    does: 'the time span of graphs is chosen',
    covers: ['parts/chart-section.tsx'],
    run: async (keys) => {
      await keys.at('/guests/web/graphs')
      const month = keys.button('Month').first()
      await keys.press(month)
      await becomes(() => month.getAttribute('aria-pressed'), 'true')
    },
  },
]

export const crowdActions: readonly KeyAction[] = [
  {
    does: 'more rows of a table are shown',
    covers: ['parts/data-table.tsx'],
    run: async (keys) => {
      await keys.at('/guests')
      const rows = keys.page.getByRole('table', { name: 'Guests' }).locator('tbody tr')
      await becomes(() => rows.count(), 200)
      await keys.page.keyboard.press('Shift+Tab')
      await keys.at('/guests')
      // From the end: nobody goes through two hundred rows.
      await keys.to(keys.button('Show more (30)'), 'Shift+Tab')
      await keys.page.keyboard.press('Enter')
      await becomes(() => rows.count(), 230)
    },
  },
  {
    does: 'older events are asked for',
    covers: ['parts/event-list.tsx'],
    run: async (keys) => {
      await keys.at('/events')
      const rows = keys.page.getByRole('table', { name: 'Events' }).locator('tbody tr')
      await becomes(() => rows.count(), 200)
      await keys.to(keys.button('Older events'), 'Shift+Tab')
      await keys.page.keyboard.press('Enter')
      await keys.button(/^Show more/).waitFor()
    },
  },
]

export const phoneActions: readonly KeyAction[] = [
  {
    does: 'the list of pages is opened on a phone, closed, and led by',
    covers: ['app/masthead.tsx', 'app/shell.tsx'],
    run: async (keys) => {
      const { page } = keys
      await page.goto('/tasks')
      await page.locator('main h1').waitFor()
      const burger = page.getByRole('banner').getByRole('button', { name: 'Navigation' })
      await keys.press(burger)
      await becomes(() => burger.getAttribute('aria-expanded'), 'true')
      await page.keyboard.press('Escape')
      await becomes(() => burger.getAttribute('aria-expanded'), 'false')
      await keys.press(burger)
      await keys.press(page.getByRole('navigation', { name: 'Navigation' }).getByRole('link', { name: 'Hosts' }))
      await page.getByRole('heading', { level: 1, name: 'Hosts' }).waitFor()
      await becomes(() => burger.getAttribute('aria-expanded'), 'false')
    },
  },
]

export const doorActions: readonly KeyAction[] = [
  {
    does: 'one comes in',
    covers: ['app/login.tsx'],
    run: async (keys) => {
      const { page } = keys
      await page.goto('/hosts')
      await keys.fill(page.getByLabel('User name'), 'ana')
      await keys.fill(page.getByLabel('Password'), password)
      await keys.press(page.getByRole('button', { name: 'Log in' }))
      await page.getByRole('heading', { level: 1, name: 'Hosts' }).waitFor()
    },
  },
]
