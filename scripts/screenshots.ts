import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { network } from '../test/api/security/network.ts'
import { logIn, open, startBrowser } from '../test/web/browser.ts'
import { account, consoleApi, wideOffice } from '../test/web/console-daemon.ts'

/**
 * usage: node scripts/screenshots.ts [NAME…]
 *
 * Every page of the console, light and dark, wide and on a phone, in both languages, into docs/images. Without names: all, and what is there goes first.
 * Run as a test: it ends with 1 when a page complains.
 */

const folder = join(import.meta.dirname, '..', 'docs', 'images')

/** As the browser took them, for a look. */
const whole = join(import.meta.dirname, '..', '.cache', 'screenshots')

/** Small enough for a repository, clear enough to read. */
const quality = 0.72

const pages: readonly (readonly [name: string, path: string, prepare?: (page: Page) => Promise<void>])[] = [
  ['login', '/'],
  ['now', '/'],
  ['now-why', '/?guest=erp'],
  ['now-table', '/?view=table'],
  ['hosts', '/hosts'],
  ['host', '/hosts/h1'],
  ['guests', '/guests'],
  ['guest-overview', '/guests/erp'],
  ['guest-needs', '/guests/erp/needs'],
  ['guest-graphs', '/guests/erp/graphs'],
  ['guest-console', '/guests/erp/console'],
  ['guest-events', '/guests/erp/events'],
  ['guest-xml', '/guests/erp/xml'],
  ['create', '/create'],
  ['tasks', '/tasks'],
  ['events', '/events'],
  ['what-if', '/what-if?lose=h1'],
  ['settings-file', '/settings/file'],
  ['settings-draw', '/settings/draw'],
  ['settings-members', '/settings/members'],
  ['settings-users', '/settings/users'],
  ['settings-tokens', '/settings/tokens'],
  ['settings-audit', '/settings/audit'],
  ['dialog-shutdown', '/?guest=db', (page) => press(page, /^(Shut down|Desligar)/)],
  ['dialog-migrate', '/guests/mail', (page) => press(page, /^(Move|Mudar)$/)],
  ['dialog-maintenance', '/hosts/h1', (page) => press(page, /maintenance|manutenção/)],
]

const wanted = process.argv.slice(2)
const chosen = pages.filter(([name]) => wanted.length === 0 || wanted.includes(name))

async function press(page: Page, name: RegExp): Promise<void> {
  await page.locator('main').getByRole('button', { name }).first().click()
  await page.getByRole('dialog').waitFor()
  await page.waitForTimeout(400)
}

test('screenshots', { timeout: 1_800_000 }, async (t) => {
  if (wanted.length === 0) rmSync(folder, { recursive: true, force: true })
  for (const one of [folder, whole]) mkdirSync(one, { recursive: true })
  const browser = await startBrowser()
  t.after(() => browser.close())
  const daemon = wideOffice()
  const app = await consoleApi(daemon)
  const { port } = await network(t, app)
  const url = `https://127.0.0.1:${port}`
  for (const [name, role] of [
    ['ana', 'administrator'],
    ['otto', 'operator'],
    ['vera', 'viewer'],
  ] as const) {
    await account(app, name, { role, ...(role === 'operator' && { tags: ['front'] }) })
  }
  // Something has happened already.
  await daemon.tellStory()
  for (const locale of ['en', 'pt-BR'] as const) {
    for (const theme of ['light', 'dark'] as const) {
      for (const width of [1440, 360] as const) {
        const height = width === 360 ? 740 : 900
        const { page, context, complaints } = await open({ after: () => undefined }, browser, url, {
          locale,
          theme,
          width,
          height,
        })
        if (chosen.some(([name]) => name === 'login')) {
          await page.goto('/')
          await page.locator('h1').waitFor()
          await keep(page, `login-${theme}-${width}-${locale}`)
        }
        await logIn(context, url, 'ana')
        for (const [name, path, prepare] of chosen) {
          if (name === 'login') continue
          await page.goto(path)
          await page.locator('h1').first().waitFor()
          await page.waitForTimeout(500)
          await prepare?.(page)
          await keep(page, `${name}-${theme}-${width}-${locale}`)
        }
        await context.close()
        for (const line of complaints) throw new Error(line)
      }
    }
  }
})

/** The browser makes WebP of its own picture: a third of what PNG takes, and no program more. */
async function keep(page: Page, name: string): Promise<void> {
  const picture = await page.screenshot({ type: 'png' })
  writeFileSync(join(whole, `${name}.png`), picture)
  const blank = await page.context().newPage()
  const data = `data:image/png;base64,${picture.toString('base64')}`
  const webp = (await blank.evaluate(
    `new Promise((resolve, reject) => {
      const image = new Image()
      image.onerror = reject
      image.onload = () => {
        const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height })
        canvas.getContext('2d').drawImage(image, 0, 0)
        resolve(canvas.toDataURL('image/webp', ${quality}))
      }
      image.src = ${JSON.stringify(data)}
    })`,
  )) as string
  await blank.close()
  writeFileSync(join(folder, `${name}.webp`), Buffer.from(webp.split(',')[1]!, 'base64'))
}
