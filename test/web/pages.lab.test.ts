import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { showLimitMs, startBrowser, until, visit } from './browser.ts'
import { ConsoleDaemon, wideOffice } from './console-daemon.ts'
import { everyPage, pages } from './every-page.ts'

let browser: Browser

before(async () => {
  browser = await startBrowser()
})

after(() => browser?.close())

describe('pages', { timeout: 380_000 }, () => {
  // The other way round, and with whatever can be opened on them: scripts/prove console-axe.
  for (const { name, ...look } of [
    { name: 'wide and light', width: 1440, height: 900, theme: 'light' },
    { name: 'on a phone, dark', width: 360, height: 740, theme: 'dark' },
  ] as const) {
    test(`axe finds nothing serious on any page, ${name}`, (t) => everyPage(t, browser, look))
  }

  test('no page is wider than a phone', async (t) => {
    const daemon = wideOffice()
    await daemon.tellStory()
    const { page } = await visit(t, browser, daemon, { width: 360, height: 740, locale: 'pt-BR' })
    for (const [path] of pages) {
      await page.goto(path)
      await page.locator('h1').first().waitFor()
      const wider = await page.evaluate(`(() => {
        const main = document.querySelector('main')
        return Math.max(document.documentElement.scrollWidth - innerWidth, main.scrollWidth - main.clientWidth)
      })()`)
      assert.ok(Number(wider) <= 0, `${path} is ${wider} px too wide`)
    }
  })

  test('a permalink leads there at once, and back again', async (t) => {
    const { page } = await visit(t, browser, new ConsoleDaemon())
    await page.goto('/guests/web/needs')
    await page.getByRole('heading', { level: 1, name: 'web' }).waitFor()
    await page.getByRole('navigation', { name: 'Navigation' }).getByRole('link', { name: 'Tasks' }).click()
    await page.getByRole('heading', { level: 1, name: 'Tasks' }).waitFor()
    assert.equal(new URL(page.url()).pathname, '/tasks')
    await page.goBack()
    await page.getByRole('heading', { level: 1, name: 'web' }).waitFor()
  })

  test('the language is changed without a reload, and kept', async (t) => {
    const { page } = await visit(t, browser, new ConsoleDaemon())
    await page.goto('/hosts')
    await page.getByRole('button', { name: 'Mudar para português' }).click()
    await page.getByRole('button', { name: 'Switch to English' }).waitFor()
    await page.locator('html[lang="pt-BR"]').waitFor({ state: 'attached' })
    await page.reload()
    await page.getByRole('navigation', { name: 'Navegação' }).waitFor()
  })

  test('the theme is chosen, and kept', async (t) => {
    const { page } = await visit(t, browser, new ConsoleDaemon())
    await page.goto('/')
    const isDark = () => until(page, "document.documentElement.classList.contains('pf-v6-theme-dark')", showLimitMs)
    await page.getByRole('button', { name: /^Theme: like the system/ }).click()
    await page.getByRole('button', { name: /^Theme: light/ }).click()
    await isDark()
    await page.reload()
    await page.getByRole('button', { name: /^Theme: dark/ }).waitFor()
    await isDark()
  })

  test('a name that is no name of a guest does nothing but stand there', async (t) => {
    const { page } = await visit(t, browser, new ConsoleDaemon())
    const evil = '<img src=x onerror="document.title=1">'
    await page.goto(`/guests/${encodeURIComponent(evil)}`)
    await page.getByRole('heading', { level: 1 }).filter({ hasText: evil }).waitFor()
    assert.equal(await page.locator('main img').count(), 0)
  })
})
