import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import type { HistoryEvent } from '../../src/model/event.ts'
import { showLimitMs, startBrowser, until, visit } from './browser.ts'
import { WideConsoleDaemon } from './console-daemon.ts'
import { realScreen, ScreenDaemon } from './real-screen.ts'

let browser: Browser

before(async () => {
  browser = await startBrowser()
})

after(() => browser?.close())

/** What a page would do with it if it took it for more than text: a picture that is not there, and what is done then. */
const evil = (of: string): string => `<img src=x onerror="window.taken='${of}'">${of}`

const [guest, other, host, tag, note] = [evil('guest'), evil('other'), evil('host'), evil('tag'), evil('note')]

/** Names that a file would not pass: whatever comes, from whichever host, is text. */
function evilOffice(): WideConsoleDaemon {
  const spec = { services: ['80/tcp'], tags: [tag], address: { kind: 'fixed', address: evil('address') } } as const
  return new WideConsoleDaemon({
    hosts: { [host]: { fence: [evil('fence')] }, h2: { fence: ['fence_ipmilan'] } },
    guests: {
      [guest]: { on: host, spec: { ...spec, services: [...spec.services], tags: [...spec.tags] } },
      [other]: { on: host, spec: { needs: [`${guest}:80/tcp`], tags: [tag] } },
    },
    over: { name: evil('cluster') },
  })
}

describe('names with markup', { timeout: 390_000 }, () => {
  test('are text on every page, in every dialog, message, task and search', async (t) => {
    const daemon = evilOffice()
    const event = { actor: 'person', service: null, because: null, fault: null, note }
    const events = [
      { ...event, host, guest, at: 1_767_225_600_000, word: 'wish' },
      { ...event, host, guest: null, at: 1_767_225_600_001, word: 'applied' },
    ]
    await daemon.history.connect().append(events as unknown as HistoryEvent[])
    const { page } = await visit(t, browser, daemon)
    const at = (path: string, name = ''): string => `${path}${encodeURIComponent(name)}`
    const tabs = ['', '/needs', '/graphs', '/console', '/events', '/xml'].map((tab) => at('/guests/', guest) + tab)
    const paths = [
      ...['/', '/?view=table', at('/?guest=', guest), '/hosts', at('/hosts/', host), '/guests', ...tabs],
      ...[
        '/create',
        '/tasks',
        '/events',
        at('/events?guest=', guest),
        at('/what-if?lose=', host),
        at('/', '<img src=x onerror=taken()>'),
      ],
      ...['file', 'draw', 'members', 'users', 'tokens', 'audit'].map((name) => `/settings/${name}`),
    ]
    for (const path of paths) {
      await page.goto(path)
      await page.locator('h1').first().waitFor()
      await page.waitForLoadState('load')
      await nothingTaken(page, path)
    }
    await page.goto('/events')
    await page.getByText(note).first().waitFor()

    await page.goto(at('/guests/', guest))
    await page.getByRole('heading', { level: 1 }).filter({ hasText: guest }).waitFor()
    for (const name of ['Shut down', 'Move', 'Unmanage']) {
      await page.getByRole('main').getByRole('button', { name, exact: true }).click()
      await page.getByRole('dialog').getByText(other).or(page.getByRole('dialog').getByText(guest)).first().waitFor()
      await nothingTaken(page, name)
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    }
    await page.getByRole('main').getByRole('button', { name: 'Shut down' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Shut down' }).click()
    await page.locator('.v-messages').getByText(guest).first().waitFor()
    await page.getByRole('region', { name: 'Tasks' }).getByRole('button', { name: 'Tasks' }).click()
    await page.getByRole('region', { name: 'Tasks' }).getByText(guest).first().waitFor()
    await page.keyboard.press('Control+k')
    await page.keyboard.type('<img')
    await page.getByRole('option').filter({ hasText: guest }).waitFor()
    await nothingTaken(page, 'message, tasks and search')
    await page.goto(at('/what-if?lose=', host))
    await page.getByRole('button', { name: 'What would happen?' }).click()
    await page.getByRole('heading', { name: /lost now$/ }).waitFor()
    await nothingTaken(page, 'what if')
  })
})

describe('titles of consoles', { timeout: 300_000 }, () => {
  test('of a serial line, and whatever it writes, are text', async (t) => {
    const daemon = new ScreenDaemon()
    daemon.world.launched().settle()
    daemon.greeting = `\u001b]0;${evil('title')}\u0007${evil('line')}\r\n\u001b]8;;javascript:window.taken='link'\u0007link\u001b]8;;\u0007`
    const { page } = await visit(t, browser, daemon)
    await page.goto('/guests/dns/console')
    await page.getByRole('button', { name: 'Serial line' }).click()
    await page.locator('.v-terminal').getByText('onerror').first().waitFor()
    assert.equal(await page.title(), 'dns · Vigia')
    await page.locator('.v-terminal').getByText('link', { exact: false }).last().click({ force: true })
    await nothingTaken(page, 'serial line')
  })

  test("of a real machine's screen are text; its picture is shown", async (t) => {
    const daemon = new ScreenDaemon()
    daemon.world.launched().settle()
    daemon.screen = await realScreen(t, evil('title'))
    const { page } = await visit(t, browser, daemon)
    await page.goto('/guests/dns/console')
    await page.getByRole('button', { name: 'Screen (VNC)' }).click()
    await page.getByRole('status').getByText('Connected').waitFor()
    const canvas = page.locator('.v-screen canvas')
    await canvas.waitFor()
    // Not the browser's 300 px: what the machine has.
    await until(page, "document.querySelector('.v-screen canvas').width >= 640", showLimitMs)
    assert.equal(await page.title(), 'dns · Vigia')
    await nothingTaken(page, 'screen')
  })
})

async function nothingTaken(page: Page, where: string): Promise<void> {
  const found = await page.evaluate(`[String(window.taken), document.querySelectorAll('img[src="x"]').length]`)
  assert.deepEqual(found, ['undefined', 0], where)
}
