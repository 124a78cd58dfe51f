import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { startBrowser, visit } from './browser.ts'
import { keyScenes } from './key-actions.ts'
import { Keys } from './keyboard.ts'

let browser: Browser

before(async () => {
  browser = await startBrowser()
})

after(() => browser?.close())

/** No test here has a mouse. */
describe('by keyboard alone', { timeout: 380_000 }, () => {
  for (const { name, options = {}, daemon: open, actions } of keyScenes) {
    test(name, async (t) => {
      const daemon = await open(t)
      const { page } = await visit(t, browser, daemon, options)
      page.setDefaultTimeout(15_000)
      const keys = new Keys(page)
      for (const { does, run } of actions) {
        await t.test(does, () => run(keys, daemon))
      }
    })
  }
})
