import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { seriousFindings, startBrowser, visit } from './browser.ts'
import { ConsoleDaemon, wideOffice } from './console-daemon.ts'

/** Every page, with a heading that only it has. */
export const pages = [
  ['/', 'Now'],
  ['/?guest=web', 'Now'],
  ['/?view=table', 'Now'],
  ['/hosts', 'Hosts'],
  ['/hosts/h1', 'h1'],
  ['/guests', 'Guests'],
  ['/guests/web', 'web'],
  ['/guests/web/needs', 'web'],
  ['/guests/web/graphs', 'web'],
  ['/guests/web/console', 'web'],
  ['/guests/web/events', 'web'],
  ['/guests/web/xml', 'web'],
  ['/create', 'Create a guest'],
  ['/tasks', 'Tasks'],
  ['/events', 'Events'],
  ['/what-if?lose=h1', 'What if'],
  ['/availability', 'Availability'],
  ['/plan', 'Plan'],
  ['/settings/file', 'Settings'],
  ['/settings/draw', 'Settings'],
  ['/settings/members', 'Settings'],
  ['/settings/users', 'Settings'],
  ['/settings/tokens', 'Settings'],
  ['/settings/audit', 'Settings'],
  ['/nowhere', 'There is no page /nowhere'],
] as const

let browser: Browser

before(async () => {
  browser = await startBrowser()
})

after(() => browser?.close())

describe('pages', { timeout: 380_000 }, () => {
  for (const theme of ['light', 'dark'] as const) {
    test(`axe finds nothing serious on any page, wide and ${theme}`, async (t) => {
      const { page } = await visit(t, browser, wideOffice(), { theme })
      await everyPage(page)
    })
  }

  for (const theme of ['light', 'dark'] as const) {
    test(`nor on a phone, ${theme}`, async (t) => {
      const { page } = await visit(t, browser, wideOffice(), { width: 360, height: 740, theme })
      await everyPage(page)
    })
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
    assert.equal(await page.locator('html').getAttribute('lang'), 'pt-BR')
    await page.reload()
    await page.getByRole('navigation', { name: 'Navegação' }).waitFor()
  })

  test('the theme is chosen, and kept', async (t) => {
    const { page } = await visit(t, browser, new ConsoleDaemon())
    await page.goto('/')
    const dark = () => page.evaluate("document.documentElement.classList.contains('pf-v6-theme-dark')")
    await page.getByRole('button', { name: /^Theme: as the system/ }).click()
    await page.getByRole('button', { name: /^Theme: light/ }).click()
    assert.equal(await dark(), true)
    await page.reload()
    await page.getByRole('button', { name: /^Theme: dark/ }).waitFor()
    assert.equal(await dark(), true)
  })

  test('a name that is no name of a guest does nothing but stand there', async (t) => {
    const { page } = await visit(t, browser, new ConsoleDaemon())
    const evil = '<img src=x onerror="document.title=1">'
    await page.goto(`/guests/${encodeURIComponent(evil)}`)
    await page.getByRole('heading', { level: 1 }).filter({ hasText: evil }).waitFor()
    assert.equal(await page.locator('main img').count(), 0)
  })
})

async function everyPage(page: import('playwright-core').Page): Promise<void> {
  const found: string[] = []
  for (const [path, heading] of pages) {
    await page.goto(path)
    await page.getByRole('heading', { level: 1, name: heading, exact: true }).first().waitFor()
    await page.waitForLoadState('load')
    for (const finding of await seriousFindings(page)) found.push(`${path}: ${finding}`)
  }
  assert.deepEqual(found, [])
}
