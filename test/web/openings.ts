import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { Browser, Locator, Page } from 'playwright-core'
import { web as english } from '../../src/text/en/web.ts'
import { web as portuguese } from '../../src/text/pt-br/web.ts'
import { seriousFindings, type VisitOptions, visit } from './browser.ts'
import type { ConsoleDaemon } from './console-daemon.ts'
import { healthyOffice, runningOffice, stoppedOffice, troubledOffice } from './key-scenes.ts'

type Key = keyof typeof english

/** A page in one of the two languages; what is pressed is called as the catalogue calls it. */
interface Opened {
  readonly page: Page
  readonly main: Locator
  readonly dialog: Locator
  readonly daemon: ConsoleDaemon
  t(key: Key): string
  press(key: Key, inside?: Locator): Promise<void>
}

/** What can be open over or in a page, and how one comes to it. */
interface Opening {
  readonly name: string
  readonly path: string
  open(on: Opened): Promise<void>
}

interface Scene {
  readonly daemon: (t: { after(end: () => void): void }) => ConsoleDaemon
  readonly openings: readonly Opening[]
}

const asked = (name: string, path: string, key: Key, more?: (on: Opened) => Promise<void>): Opening => ({
  name,
  path,
  open: async (on) => {
    await on.press(key)
    await on.dialog.waitFor()
    await more?.(on)
  },
})

const scenes: readonly Scene[] = [
  {
    daemon: runningOffice,
    openings: [
      asked('shutdown with its consequences', '/guests/db', 'do-shutdown', async ({ dialog }) => {
        await dialog.getByRole('radio').first().waitFor()
      }),
      asked('shutdown that hits nobody', '/guests/monitor', 'do-shutdown'),
      asked('memory', '/guests/dns', 'do-memory'),
      asked('unmanage', '/guests/erp', 'do-unmanage'),
      {
        name: 'several guests chosen',
        path: '/guests',
        open: async ({ page, t }) => {
          await page.getByRole('checkbox', { name: t('choose-all') }).check()
          await page.locator('.v-columns summary').click()
        },
      },
      {
        name: 'a message, and one of a refusal',
        path: '/guests/monitor',
        open: async (on) => {
          await on.press('do-pause')
          await on.page.locator('.v-messages .pf-m-success').first().waitFor()
          on.daemon.storeAway = true
          await on.press('do-resume')
          await on.page.locator('.v-messages .pf-m-danger').first().waitFor()
          on.daemon.storeAway = false
        },
      },
      {
        name: 'the search with what it found',
        path: '/tasks',
        open: async ({ page }) => {
          await page.keyboard.press('Control+k')
          await page.keyboard.type('e')
          await page.getByRole('option').first().waitFor()
        },
      },
      {
        name: 'the why of a guest in the drawing, and the legend',
        path: '/',
        open: async ({ page, t }) => {
          await page.getByText(t('legend')).click()
          await page.locator('[data-node="erp"]').focus()
          await page.keyboard.press('ArrowRight')
          await page.locator('.v-node:focus-visible .v-node-why').waitFor()
        },
      },
      {
        name: 'the wizard, a new machine',
        path: '/create',
        open: async ({ page, t }) => page.getByRole('radio', { name: t('create-kind-machine') }).check(),
      },
      {
        name: 'the wizard, a name that is taken',
        path: '/create',
        open: async ({ page }) => {
          await page.getByRole('textbox').first().or(page.locator('main input').first()).first().waitFor()
          await page.locator('main input[type="text"]').first().fill('web')
          await page.getByRole('alert').waitFor()
        },
      },
      {
        name: 'the wizard, services and needs',
        path: '/create',
        open: async (on) => {
          await on.page.locator('main input[type="text"]').first().fill('print')
          await on.press('create-next')
          await on.page.getByRole('checkbox').first().check()
        },
      },
      {
        name: 'the wizard, the lines of the file, checked',
        path: '/create',
        open: async (on) => {
          await on.page.locator('main input[type="text"]').first().fill('print')
          await on.press('create-next')
          await on.press('create-next')
          await on.press('file-check')
          await on.page.getByText(on.t('file-good')).waitFor()
        },
      },
      {
        name: 'the file with problems',
        path: '/settings/file',
        open: async (on) => {
          await on.page
            .getByRole('textbox', { name: on.t('file-label') })
            .fill('nonsense: 1\nguests: {web: {needs: [x]}}\n')
          await on.press('file-check')
          await on.page.locator('.v-problems').waitFor()
        },
      },
      {
        name: 'the file that would break what runs',
        path: '/settings/file',
        open: async (on) => {
          const editor = on.page.getByRole('textbox', { name: on.t('file-label') })
          await editor.waitFor()
          const text = await editor.inputValue()
          await editor.fill(text.replace('storage: { services', 'storage: { state: stopped, services'))
          await on.press('file-check')
          await on.page.getByText(on.t('file-would-break')).waitFor()
        },
      },
      {
        name: 'needs that were drawn',
        path: '/settings/draw',
        open: async (on) => {
          await on.page.getByRole('combobox', { name: on.t('draw-guest'), exact: true }).selectOption('mail')
          await on.page.getByRole('combobox', { name: on.t('draw-needs'), exact: true }).selectOption('db')
          await on.press('draw-add')
          await on.press('file-check')
          await on.page.getByText(on.t('file-good')).waitFor()
        },
      },
      {
        name: 'a circle that is refused',
        path: '/settings/draw',
        open: async (on) => {
          await on.page.getByRole('combobox', { name: on.t('draw-guest'), exact: true }).selectOption('dns')
          await on.page.getByRole('combobox', { name: on.t('draw-needs'), exact: true }).selectOption('web')
          await on.page.getByRole('alert').filter({ hasText: '→' }).waitFor()
        },
      },
      {
        name: 'a user about to be removed',
        path: '/settings/users',
        open: async ({ page, t }) => {
          await page.getByRole('button', { name: `${t('remove')}: ana` }).click()
          await page.getByRole('button', { name: t('not-now') }).waitFor()
        },
      },
      {
        name: 'a token that was made',
        path: '/settings/tokens',
        open: async (on) => {
          await on.page.getByLabel(on.t('token-name')).fill('backup')
          await on.press('add-token')
          await on.page.getByText(on.t('token-made')).waitFor()
        },
      },
      {
        name: 'the serial line',
        path: '/guests/web/console',
        open: async (on) => {
          await on.press('console-serial')
          await on.page.locator('.v-terminal').getByText('login:').first().waitFor()
        },
      },
      {
        name: 'graphs as text',
        path: '/guests/web/graphs',
        open: async ({ page, daemon }) => {
          daemon.measured['h1 guest:web'] = Array.from({ length: 360 }, (_, at) => 20 + 10 * Math.sin(at / 20))
          await page.reload()
          await page.locator('.v-charts details summary').first().click()
        },
      },
    ],
  },
  {
    daemon: stoppedOffice,
    openings: [
      {
        name: 'the tasks with one under way',
        path: '/guests/monitor',
        open: async (on) => {
          await on.press('do-launch')
          const drawer = on.page.getByRole('region', { name: on.t('tasks') })
          await drawer.getByRole('button', { name: on.t('tasks'), exact: true }).click()
          await drawer
            .getByRole('button', { name: on.t('cancel') })
            .first()
            .waitFor()
        },
      },
      {
        name: 'the steps of a task',
        path: '/tasks',
        open: async ({ page }) => page.locator('.v-steps summary').first().click(),
      },
    ],
  },
  {
    daemon: healthyOffice,
    openings: [
      asked('a move, and who goes where', '/guests/mail', 'do-migrate', async ({ dialog }) => {
        await dialog.getByRole('table').waitFor()
      }),
      asked('maintenance, and where all goes', '/hosts/h1', 'do-maintenance-on', async ({ dialog }) => {
        await dialog.getByRole('table').waitFor()
      }),
      asked("a host's power", '/hosts/h1', 'do-fence'),
      asked('disarm', '/hosts', 'do-disarm'),
      {
        name: 'what becomes of guests if a host is lost',
        path: '/what-if?lose=h1',
        open: async (on) => {
          await on.press('what-if-run')
          await on.page.getByRole('table').waitFor({ timeout: 60_000 })
          await on.page.locator('.v-course summary').click()
        },
      },
    ],
  },
  {
    daemon: troubledOffice,
    openings: [
      asked('a move that is refused', '/guests/mail', 'do-migrate', async ({ dialog }) => {
        await dialog.getByRole('combobox').selectOption('h3')
        await dialog
          .getByText(/\bh3\b/)
          .nth(1)
          .waitFor()
      }),
      asked('rebalance', '/hosts', 'do-rebalance'),
      asked(
        'maintenance of a host with guests that go nowhere',
        '/hosts/h1',
        'do-maintenance-on',
        async ({ dialog }) => {
          await dialog.getByRole('checkbox').waitFor()
        },
      ),
      asked('an oath', '/hosts/h3', 'do-swear-dead'),
      {
        name: 'old state, since no daemon answers',
        path: '/',
        open: async ({ page }) => {
          await page.locator('[data-node="web"]').waitFor()
          await page.context().setOffline(true)
          await page.locator('.v-stale-note').waitFor({ timeout: 20_000 })
          await page.context().setOffline(false)
        },
      },
    ],
  },
]

export interface Look extends VisitOptions {
  readonly width: number
  readonly theme: 'light' | 'dark'
  readonly locale: 'en' | 'pt-BR'
}

/** Each of them is opened, and axe finds nothing serious in it; nor is anything wider than the window. */
export async function openEverything(t: TestContext, browser: Browser, look: Look): Promise<void> {
  const found: string[] = []
  for (const { daemon: open, openings } of scenes) {
    const daemon = open(t)
    // A store that is away is one of the things that are shown.
    const { page, context } = await visit(t, browser, daemon, { ...look, forgives: /^503 / })
    page.setDefaultTimeout(15_000)
    for (const opening of openings) {
      await page.goto(opening.path)
      await page.locator('main h1').first().waitFor()
      try {
        await opening.open(openedOn(page, daemon, look.locale))
      } catch (error) {
        found.push(`${opening.name}: not opened: ${String(error).split('\n').slice(0, 3).join(' ')}`)
        continue
      }
      const findings = [...(await seriousFindings(page)), ...(await tooWide(page))]
      found.push(...findings.map((finding) => `${opening.name}: ${finding}`))
    }
    await context.setOffline(false)
  }
  assert.deepEqual(found, [])
}

/** At the door: a password that is wrong, a link that is old. */
export async function standAtTheDoor(t: TestContext, browser: Browser, look: Look): Promise<void> {
  const { page } = await visit(t, browser, runningOffice(t), { ...look, outside: true })
  const said = textsOf(look.locale)
  await page.goto('/')
  await page.getByLabel(said('user-name')).fill('ana')
  await page.getByLabel(said('password')).fill('wrong, quite wrong')
  await page.keyboard.press('Enter')
  await page.locator('.pf-m-danger').first().waitFor()
  assert.deepEqual([...(await seriousFindings(page)), ...(await tooWide(page))], [])
  await page.goto('/console-link#nothing')
  await page.getByText(said('link-again')).waitFor()
  assert.deepEqual([...(await seriousFindings(page)), ...(await tooWide(page))], [])
}

function textsOf(locale: 'en' | 'pt-BR'): (key: Key) => string {
  return (key) => (locale === 'en' ? english : portuguese)[key] as string
}

function openedOn(page: Page, daemon: ConsoleDaemon, locale: 'en' | 'pt-BR'): Opened {
  const t = textsOf(locale)
  const main = page.getByRole('main')
  const press = async (key: Key, inside: Locator = main): Promise<void> =>
    inside
      .getByRole('button', { name: t(key), exact: true })
      .first()
      .click()
  return { page, daemon, main, dialog: page.getByRole('dialog'), t, press }
}

/** The page, the dialog and each message: nothing of them is out of the window. */
async function tooWide(page: Page): Promise<string[]> {
  return (await page.evaluate(`(() => {
    const parts = ['html', 'main', '[role=dialog]', '.v-messages', '.v-drawer', '.v-strip', '.v-door']
    return parts.flatMap((part) => [...document.querySelectorAll(part)].flatMap((element) => {
      const { left, right } = element.getBoundingClientRect()
      const over = Math.max(element.scrollWidth - element.clientWidth, right - innerWidth, -left)
      return over > 1 ? [part + ' is ' + over + ' px too wide'] : []
    }))
  })()`)) as string[]
}
