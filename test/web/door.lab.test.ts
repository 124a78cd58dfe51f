import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import type { ConsoleLinkResult } from '../../src/contract/access.ts'
import { paths } from '../../src/contract/protocol.ts'
import { seriousFindings, startBrowser, visit } from './browser.ts'
import { ConsoleDaemon, password } from './console-daemon.ts'

let browser: Browser

before(async () => {
  browser = await startBrowser()
})

after(() => browser?.close())

describe('the door', { timeout: 390_000 }, () => {
  test('one comes in with name and password, sees the page that was asked for, and goes out again', async (t) => {
    const { page } = await visit(t, browser, new ConsoleDaemon(), { outside: true })
    await page.goto('/guests/web')
    await page.getByRole('heading', { name: 'Log in to Vigia' }).waitFor()
    assert.deepEqual(await seriousFindings(page), [])
    await page.getByLabel('User name').fill('ana')
    await page.getByLabel('Password').fill('wrong, quite wrong')
    await page.keyboard.press('Enter')
    await page.getByText('the sign-in is refused').waitFor()
    await page.getByLabel('Password').fill(password)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'web' }).waitFor()
    await page.getByRole('button', { name: 'Log out (ana)' }).click()
    await page.getByRole('heading', { name: 'Log in to Vigia' }).waitFor()
  })

  test('a one-time link lets in once; its ticket does not stay in the address', async (t) => {
    const { page, app, context } = await visit(t, browser, new ConsoleDaemon(), { outside: true })
    const made = await app.inject({ method: 'POST', url: paths.consoleLink, payload: {} })
    const { ticket } = made.json<ConsoleLinkResult>()
    await page.goto(`/console-link#${ticket}`)
    await page.getByRole('heading', { level: 1, name: 'Now' }).waitFor()
    assert.ok(!page.url().includes(ticket))
    await context.clearCookies()
    await page.goto('about:blank')
    await page.goto(`/console-link#${ticket}`)
    await page.getByText('The link works once').waitFor()
  })

  test('who is signed out elsewhere is led to the door without a reload', async (t) => {
    const { page, app } = await visit(t, browser, new ConsoleDaemon())
    await page.goto('/')
    await page.getByRole('heading', { level: 1, name: 'Now' }).waitFor()
    const gone = await app.inject({ method: 'PATCH', url: paths.user('ana'), payload: { signOut: true } })
    assert.equal(gone.statusCode, 200, gone.body)
    await page.getByRole('heading', { name: 'Log in to Vigia' }).waitFor()
  })

  test('a viewer sees everything and is offered nothing', async (t) => {
    const { page } = await visit(t, browser, new ConsoleDaemon(), { user: 'vera', role: 'viewer' })
    await page.goto('/?guest=web')
    await page.getByText('You may look at this, but not change it.').waitFor()
    assert.equal(await page.getByRole('button', { name: 'Shut down' }).count(), 0)
    await page.goto('/settings/users')
    await page.getByText('Only an administrator sees this.').waitFor()
  })
})
