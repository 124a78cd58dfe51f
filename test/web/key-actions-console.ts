import type { KeyAction } from './key-scenes.ts'
import { becomes } from './keyboard.ts'
import type { ScreenDaemon } from './real-screen.ts'

/** The consoles take every key; Ctrl and Alt together lead out of them. */
export const consoleActions: readonly KeyAction[] = [
  {
    does: 'the serial line is opened, typed into, left, opened again, and taken over',
    covers: ['api.consoleTicket', 'pages/guest-console.tsx', 'console/serial.tsx'],
    run: async (keys, daemon) => {
      const { page } = keys
      await keys.at('/guests/dns/console')
      await keys.press(keys.button('Serial line'))
      const screen = page.locator('.v-terminal')
      await page.getByRole('status').getByText('Connected').waitFor()
      await screen.locator(':focus').waitFor()
      await page.keyboard.type('root')
      await screen.getByText('login: root').first().waitFor()
      await page.keyboard.press('Tab')
      await screen.locator(':focus').waitFor()
      await leave(page)
      await keys.button('Serial line').and(page.locator(':focus')).waitFor()
      await keys.to(screen.getByRole('textbox'))
      daemon.consoleTaken = true
      ;(daemon as ScreenDaemon).endLines()
      await page.getByText('The connection is closed.').waitFor()
      await leave(page)
      await keys.press(keys.button('Open again'))
      await page.getByText('It could not be opened').waitFor()
      await keys.press(keys.button('Take it over'))
      await page.getByRole('status').getByText('Connected').waitFor()
    },
  },
  {
    does: 'the screen is opened, left, and opened again',
    covers: ['api.consoleTicket', 'console/screen.tsx'],
    run: async (keys, daemon) => {
      const { page } = keys
      daemon.consoleTaken = false
      await keys.at('/guests/dns/console')
      await keys.press(keys.button('Screen (VNC)'))
      const canvas = page.locator('.v-screen canvas')
      await canvas.and(page.locator(':focus')).waitFor()
      await page.keyboard.press('Tab')
      await canvas.and(page.locator(':focus')).waitFor()
      await leave(page)
      await keys.button('Screen (VNC)').and(page.locator(':focus')).waitFor()
      await keys.press(keys.button('Ctrl+Alt+Del'))
      await keys.to(canvas)
      await leave(page)
      await becomes(() => page.locator('.v-screen canvas:focus').count(), 0)
    },
  },
]

async function leave(page: import('playwright-core').Page): Promise<void> {
  await page.keyboard.down('Control')
  await page.keyboard.down('Alt')
  await page.keyboard.up('Alt')
  await page.keyboard.up('Control')
}
