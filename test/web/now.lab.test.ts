import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { showLimitMs, startBrowser, until, visit } from './browser.ts'
import { ConsoleDaemon, wideOffice } from './console-daemon.ts'

let browser: Browser

before(async () => {
  browser = await startBrowser()
})

after(() => browser?.close())

describe('Now', { timeout: 380_000 }, () => {
  test('a launch plays through the drawing; a lost service pauses what needs it, and it goes on when it is back', async (t) => {
    const daemon = new ConsoleDaemon()
    const stop = daemon.live({ delayMs: 60 })
    t.after(stop)
    const { page } = await visit(t, browser, daemon)
    await page.goto('/')
    await allReady(page, 9)
    await page
      .locator('[data-node="erp"]')
      .filter({ hasText: /^erp, ready/ })
      .waitFor()
    daemon.lose('db', '5432/tcp')
    const paused = page.locator('[data-node="erp"].v-node-paused')
    await paused.filter({ hasText: 'erp has lost db:5432/tcp, which refuses connections' }).waitFor()
    daemon.regain('db', '5432/tcp')
    await allReady(page, 9)
  })

  test('guests are reached, opened and closed by keyboard alone', async (t) => {
    const daemon = new ConsoleDaemon()
    daemon.world.launched().settle()
    const { page } = await visit(t, browser, daemon)
    await page.goto('/')
    await allReady(page, 9)
    await page.locator('[data-node="dns"]').focus()
    await page.keyboard.press('ArrowRight')
    await until(page, "![null, 'dns'].includes(document.activeElement.getAttribute('data-node'))", showLimitMs)
    const second = await page.evaluate("document.activeElement.getAttribute('data-node')")
    assert.ok(['ldap', 'db'].includes(String(second)), `arrow right led to ${second}`)
    await page.keyboard.press('Enter')
    const panel = page.getByRole('complementary', { name: new RegExp(`^${second}`) })
    await panel.waitFor()
    await panel.getByRole('heading', { name: 'Needs' }).waitFor()
    assert.equal(new URL(page.url()).searchParams.get('guest'), second)
    await page.keyboard.press('Escape')
    await panel.waitFor({ state: 'detached' })
    await page.keyboard.press('End')
    await until(page, "document.activeElement.getAttribute('data-node') === 'monitor'", showLimitMs)
  })

  test('a shutdown says first whom it hits, and does it as it was said', async (t) => {
    const daemon = new ConsoleDaemon()
    const stop = daemon.live({ delayMs: 20 })
    t.after(stop)
    const { page } = await visit(t, browser, daemon)
    await page.goto('/?guest=db')
    await allReady(page, 9)
    const panel = page.getByRole('complementary')
    await panel.getByText('vigia shutdown db').waitFor()
    await panel.getByRole('button', { name: 'Shut down' }).click()
    const dialog = page.getByRole('dialog', { name: 'Shut down db?' })
    await dialog.getByText('erp pauses without db:5432/tcp').waitFor()
    await dialog.getByText('vigia shutdown db --dependents').waitFor()
    await dialog.getByRole('button', { name: 'Shut down' }).click()
    await dialog.waitFor({ state: 'detached' })
    await page.locator('[data-node="db"].v-node-stopped').waitFor()
    await page.locator('[data-node="erp"].v-node-stopped').waitFor()
    await panel.getByRole('button', { name: 'Launch' }).click()
    await page.locator('[data-node="db"].v-node-ready').waitFor()
  })

  test('a move is refused with the reason, or shown before it is made', async (t) => {
    const { page } = await visit(t, browser, wideOffice())
    await page.goto('/?guest=mail')
    await page.getByRole('complementary').getByRole('button', { name: 'Move' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('table').or(dialog.getByText('Nothing moves.')).first().waitFor()
    await dialog.getByRole('combobox', { name: 'To' }).selectOption('h3')
    await dialog.getByRole('button', { name: 'Move', disabled: true }).waitFor()
    await dialog
      .getByText(/\bh3 (is|has)\b/)
      .first()
      .waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
  })

  test('without the daemon what is shown is marked as old, and followed again without a reload', async (t) => {
    const daemon = new ConsoleDaemon()
    daemon.world.launched().settle()
    const { page, context } = await visit(t, browser, daemon)
    await page.goto('/')
    await allReady(page, 9)
    await page.evaluate('window.sameAsBefore = true')
    await context.setOffline(true)
    await page.getByRole('alert').filter({ hasText: 'what is shown is old' }).waitFor()
    daemon.lose('web', '80/tcp')
    await context.setOffline(false)
    await page.getByRole('alert').filter({ hasText: 'what is shown is old' }).waitFor({ state: 'detached' })
    await page.locator('[data-node="web"]:not(.v-node-ready)').waitFor()
    assert.equal(await page.evaluate('window.sameAsBefore'), true)
  })
})

async function allReady(page: Page, count: number): Promise<void> {
  await until(page, `document.querySelectorAll('.v-node-ready').length === ${count}`, showLimitMs)
}
