import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { startBrowser, visit } from './browser.ts'
import { ConsoleDaemon, office, wideOffice } from './console-daemon.ts'

let browser: Browser

before(async () => {
  browser = await startBrowser()
})

after(() => browser?.close())

/** The path that docs/operating/console.md describes, as the accessibility tree tells it; all of it by keyboard. */
describe('with a screen reader', { timeout: 390_000 }, () => {
  test('a stopped guest is found, launched, and what came of it is announced', async (t) => {
    const daemon = new ConsoleDaemon({ ...office, monitor: { ...office.monitor!, wish: 'stopped' } })
    t.after(daemon.live({ delayMs: 20 }))
    const { page } = await visit(t, browser, daemon)
    await page.goto('/guests')
    await page.getByRole('combobox', { name: 'State' }).focus()
    await page.keyboard.type('stopped')
    const box = page.getByRole('checkbox', { name: 'Choose monitor' })
    await box.waitFor()
    await box.focus()
    await page.keyboard.press('Space')
    const chosen = page.getByRole('region', { name: 'For the chosen guests' })
    const told = await chosen.ariaSnapshot()
    assert.match(told, /heading "1 guest chosen"/)
    assert.match(told, /button "Launch"/)
    assert.match(told, /code: vigia launch monitor/)
    await chosen.getByRole('button', { name: 'Launch' }).focus()
    await page.keyboard.press('Enter')
    await page.locator('.v-messages').getByText('Launch: monitor').waitFor()
    const live = await page.locator('[aria-live]').filter({ hasText: 'Launch: monitor' }).count()
    assert.ok(live > 0, 'it is seen and not announced')
  })

  test('the page of a guest says why it is as it is, and what it needs', async (t) => {
    const daemon = new ConsoleDaemon()
    daemon.world.launched().settle()
    daemon.lose('db', '5432/tcp')
    const { page } = await visit(t, browser, daemon)
    await page.goto('/guests/erp')
    await page.getByRole('heading', { level: 1, name: 'erp' }).waitFor()
    const told = await page.getByRole('main').ariaSnapshot()
    assert.match(told, /heading "erp" \[level=1\]/)
    assert.match(told, /heading "Why" \[level=2\]/)
    assert.match(told, /strong: erp\n\s+- text: ": has lost db:5432\/tcp, which refuses connections\."/)
    await page.goto('/guests/erp/needs')
    await page.getByRole('heading', { name: 'Needs' }).waitFor()
    assert.match(await page.getByRole('main').ariaSnapshot(), /db:5432\/tcp[\s\S]*refuses connections/)
  })

  test('the dialog of a move says who goes where, or why nobody can', async (t) => {
    const { page } = await visit(t, browser, wideOffice())
    await page.goto('/guests/mail')
    await page.getByRole('main').getByRole('button', { name: 'Move' }).focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Move mail' })
    await dialog.getByRole('table').waitFor()
    const told = await dialog.ariaSnapshot()
    assert.match(told, /combobox "To"/)
    assert.match(told, /row "mail h1 h2 live/)
    await dialog.getByRole('combobox', { name: 'To' }).focus()
    await page.keyboard.type('h3')
    await dialog.getByRole('button', { name: 'Move', disabled: true }).waitFor()
    await dialog
      .getByText(/\bh3 (is|has)\b/)
      .first()
      .waitFor()
    assert.match(await dialog.ariaSnapshot(), /h3 (is|has)/)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
  })
})
