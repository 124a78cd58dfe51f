import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { startBrowser } from './browser.ts'
import { everyPage } from './every-page.ts'
import { type Look, openEverything, standAtTheDoor } from './openings.ts'

let browser: Browser

before(async () => {
  browser = await startBrowser()
})

after(() => browser?.close())

const looks: readonly Look[] = [
  { width: 1440, height: 900, theme: 'light', locale: 'en' },
  { width: 1440, height: 900, theme: 'dark', locale: 'pt-BR' },
]

describe('axe finds nothing serious, and nothing is wider than the window', { timeout: 600_000 }, () => {
  for (const look of looks) {
    const name = `${look.width} px, ${look.theme}, ${look.locale}`
    test(`in whatever can be open: ${name}`, (t) => openEverything(t, browser, look))
    // Its headings are found by their English names.
    test(`on every page: ${look.width} px, ${look.theme}`, (t) => everyPage(t, browser, { ...look, locale: 'en' }))
    test(`at the door: ${name}`, (t) => standAtTheDoor(t, browser, look))
  }
})
