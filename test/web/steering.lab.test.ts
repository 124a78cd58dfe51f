import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { counted, showLimitMs, startBrowser, until, visit } from './browser.ts'
import { ConsoleDaemon, healthyOffice, office, officeFile } from './console-daemon.ts'

let browser: Browser

before(async () => {
  browser = await startBrowser()
})

after(() => browser?.close())

/** All ready; from now on guests start and stop as they are told. */
function running(t: { after(end: () => void): void }, drafts = office, delayMs = 20): ConsoleDaemon {
  const daemon = new ConsoleDaemon(drafts)
  daemon.world.launched().settle()
  t.after(daemon.live({ delayMs }))
  return daemon
}

describe('What if', { timeout: 390_000 }, () => {
  test('hosts to lose are chosen, and it is said who would be where, in which order and when', async (t) => {
    const { page } = await visit(t, browser, healthyOffice())
    await page.goto('/what-if')
    await page.getByRole('button', { name: 'What would happen?', disabled: true }).waitFor()
    await page.getByRole('checkbox', { name: /^h1/ }).check()
    await page.getByText('vigia simulate --live --lose h1').waitFor()
    assert.equal(new URL(page.url()).searchParams.get('lose'), 'h1')
    await page.getByRole('button', { name: 'What would happen?' }).click()
    await page.getByRole('heading', { name: 'If h1 were lost now' }).waitFor()
    await page.getByText(/^All guests are ready again after .+\. 1 guest is not touched\.$/).waitFor()
    const rows = page.getByRole('table', { name: 'What if' }).getByRole('row')
    // A heading and eight guests.
    await counted(rows, 9)
    // What is needed answers before what needs it.
    assert.match((await rows.nth(1).textContent())!, /^dnsh1h[23]/)
    assert.match((await rows.last().textContent())!, /^monitor/)
    await page.getByText(/^Step by step: \d+ events$/).click()
    const course = page.locator('.v-course li')
    await course.filter({ hasText: 'erp is paused: has lost db:5432/tcp' }).first().waitFor()
    await course.filter({ hasText: 'erp is ready' }).first().waitFor()
    const body = page.getByRole('main')
    await body.getByRole('checkbox', { name: /^h2/ }).check()
    await page.getByRole('button', { name: 'What would happen?' }).click()
    await page.getByRole('heading', { name: 'If h1 and h2 were lost now' }).waitFor()
    await page.getByRole('alert').getByText('No majority of the members would be left').waitFor()
    // Those of h3 as well: its watchdog takes its power.
    await page.getByText('9 guests keep waiting.').waitFor()
  })
})

describe('creating a guest', { timeout: 390_000 }, () => {
  test('in three steps to lines of the cluster file, and to the guest itself', async (t) => {
    const daemon = running(t)
    const { page } = await visit(t, browser, daemon)
    await page.goto('/create')
    const next = page.getByRole('button', { name: 'Next' })
    await page.getByLabel('Name', { exact: true }).fill('web')
    await page.getByRole('alert').getByText('There is a guest web already.').waitFor()
    assert.equal(await next.isDisabled(), true)
    await page.getByLabel('Name', { exact: true }).fill('print')
    await page.getByRole('radio', { name: 'a new machine made by Vigia' }).check()
    await page.getByLabel('Memory').fill('512 MiB')
    await page.getByLabel('Disk image').fill('/srv/print.qcow2')
    await page.getByLabel('Network or bridge').fill('br0')
    await next.click()
    await page.getByLabel('Services, as 80/tcp').fill('631/tcp')
    await page.getByRole('checkbox', { name: 'ldap:389/tcp' }).check()
    await page.getByLabel('Tags').fill('front')
    await page.getByRole('button', { name: 'Back' }).click()
    assert.equal(await page.getByLabel('Memory').inputValue(), '512 MiB', 'what was typed is kept')
    await next.click()
    await next.click()
    await page.getByText('+     services: [631/tcp]').waitFor()
    assert.equal(daemon.stored()?.source.text, officeFile, 'nothing is applied by looking')
    await page.getByRole('button', { name: 'Check' }).click()
    await page.getByText('The file is good.').waitFor()
    await page.getByText('New: print').waitFor()
    await page.getByRole('button', { name: 'Apply' }).click()
    await page.getByRole('heading', { level: 1, name: 'print', exact: true }).waitFor()
    assert.equal(new URL(page.url()).pathname, '/guests/print')
    assert.ok(daemon.stored()?.source.text.startsWith(officeFile), 'not a line of the others has changed')
    const made = daemon.world.cluster.spec.guests.find(({ id }) => id === ('print' as string))
    assert.deepEqual([made?.tags, made?.needs.length, made?.source.kind], [['front'], 1, 'defined'])
    await page.getByText('ready', { exact: true }).first().waitFor()
  })
})

describe('needs by drawing', { timeout: 390_000 }, () => {
  test('a circle is refused while it is drawn, and a need that can be is drawn, checked and applied', async (t) => {
    const daemon = running(t)
    const { page } = await visit(t, browser, daemon)
    await page.goto('/settings/draw')
    await page.locator('[data-node="monitor"]').waitFor()
    await drawTo(page, 'dns', 'web')
    const refusal = page.getByRole('alert').filter({ hasText: 'Refused: dns → web →' })
    await refusal.waitFor()
    assert.match((await refusal.textContent())!, /→ dns would be a circle\./)
    await page.locator('.v-drawn-refused').waitFor({ state: 'attached' })
    await page.mouse.up()
    await page.locator('.v-messages').getByText('Refused: dns → web').waitFor()
    assert.equal(await page.getByRole('heading', { name: 'Preview' }).count(), 0)
    await drawTo(page, 'mail', 'db')
    assert.equal(await page.locator('.v-drawn-refused').count(), 0)
    await page.mouse.up()
    await page.getByRole('heading', { name: 'Preview' }).waitFor()
    await page.getByText(/^\+ .*mail: .*db:5432\/tcp/).waitFor()
    assert.equal(daemon.stored()?.source.text, officeFile)
    await page.getByRole('button', { name: 'Check' }).click()
    await page.getByText(/^mail: .*needs/).waitFor()
    await page.getByRole('button', { name: 'Apply', exact: true }).click()
    await page.getByText('The cluster file is applied.').waitFor()
    assert.match(daemon.stored()!.source.text, /mail: .*needs: \[ldap:389\/tcp, storage:2049\/tcp, db:5432\/tcp\]/)
    await page.getByRole('heading', { name: 'Preview' }).waitFor({ state: 'detached' })
  })

  test('the form says the same, and takes needs away', async (t) => {
    const daemon = running(t)
    const { page } = await visit(t, browser, daemon)
    await page.goto('/settings/draw')
    await page.getByRole('combobox', { name: 'This guest' }).selectOption('dns')
    await page.getByRole('combobox', { name: 'needs', exact: true }).selectOption('monitor')
    await page.getByRole('alert').getByText('Refused: dns → monitor →').waitFor()
    await page.getByRole('button', { name: 'Add the need', disabled: true }).waitFor()
    await page.getByRole('combobox', { name: 'This guest' }).selectOption('reports')
    await page.getByRole('button', { name: 'Take away: db:5432/tcp' }).click()
    await page.getByText(/^- .*reports: .*db:5432\/tcp/).waitFor()
    await page.getByRole('button', { name: 'Back to what is applied' }).click()
    await page.getByRole('button', { name: 'Take away: db:5432/tcp' }).waitFor()
  })
})

describe('the cluster file', { timeout: 390_000 }, () => {
  test('a problem is said with its place, and led to; a good file is applied', async (t) => {
    const daemon = running(t)
    const { page } = await visit(t, browser, daemon)
    await page.goto('/settings/file')
    const editor = page.getByRole('textbox', { name: 'Cluster file' })
    await editor.waitFor()
    await editor.fill(officeFile.replace('needs: [dns:53/udp], tags', 'needs: [nowhere:53/udp], tags'))
    await page.getByRole('button', { name: 'Check' }).click()
    const place = page.getByRole('button', { name: /^line 7, column \d+$/ })
    await place.first().click()
    const caret = Number(await page.evaluate('document.activeElement.selectionStart'))
    const line = (await editor.inputValue()).slice(0, caret).split('\n').length
    assert.equal(line, 7)
    assert.equal(await page.getByRole('button', { name: 'Apply', exact: true }).count(), 0)
    await editor.fill(officeFile.replace('dns: { services', 'dns: { needs: [monitor:3000/tcp], services'))
    await page.getByRole('button', { name: 'Check' }).click()
    await page
      .getByText(/monitor.*dns/)
      .first()
      .waitFor()
    assert.equal(await page.getByRole('button', { name: 'Apply', exact: true }).count(), 0, 'a circle is no file')
    await editor.fill(officeFile.replace('priority: 10', 'priority: 20'))
    await page.getByText('- ', { exact: false }).first().waitFor()
    await page.getByRole('button', { name: 'Check' }).click()
    await page.getByText('The file is good.').waitFor()
    await page.getByText(/^dns: .*priority$/).waitFor()
    await page.getByRole('button', { name: 'Apply', exact: true }).click()
    await page.getByText('The cluster file is applied.').waitFor()
    assert.match(daemon.stored()!.source.text, /priority: 20/)
  })

  test('what it would break of what runs is said before it is applied', async (t) => {
    const daemon = running(t)
    const { page } = await visit(t, browser, daemon)
    await page.goto('/settings/file')
    const editor = page.getByRole('textbox', { name: 'Cluster file' })
    await editor.fill(
      officeFile.replace('storage: { services: [2049/tcp]', 'storage: { state: stopped, services: [2049/tcp]'),
    )
    await page.getByRole('button', { name: 'Check' }).click()
    await page.getByText('It would break what runs:').waitFor()
    await page.getByText(/storage would be shut down, and is needed by /).waitFor()
    await page.getByRole('button', { name: 'Apply all the same' }).waitFor()
    assert.equal(await page.getByRole('button', { name: 'Apply', exact: true }).count(), 0)
    await page.getByRole('button', { name: 'Back to what is applied' }).click()
    assert.equal(await editor.inputValue(), officeFile)
  })
})

describe('guests', { timeout: 390_000 }, () => {
  test('several are filtered, chosen and steered together', async (t) => {
    const daemon = running(t)
    const { page } = await visit(t, browser, daemon)
    await page.goto('/guests')
    await page.getByRole('combobox', { name: 'Tag' }).selectOption('front')
    await counted(page.getByRole('table', { name: 'Guests' }).getByRole('row'), 4)
    await page.getByRole('checkbox', { name: 'Choose all' }).check()
    const chosen = page.getByRole('region', { name: 'For the chosen guests' })
    await chosen.getByRole('heading', { name: '3 guests chosen' }).waitFor()
    await page.getByRole('checkbox', { name: 'Choose web' }).uncheck()
    await chosen.getByRole('heading', { name: '2 guests chosen' }).waitFor()
    await chosen.getByText(/^vigia shutdown (mail erp|erp mail)$/).waitFor()
    await chosen.getByRole('button', { name: 'Shut down (2)' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText(/^web .* without (erp:8080\/tcp|mail:25\/tcp)$/).waitFor()
    await dialog.getByRole('button', { name: 'Shut down' }).click()
    await dialog.waitFor({ state: 'detached' })
    await page
      .locator('.v-messages')
      .getByText(/^(Success alert:)?Shut down: /)
      .waitFor()
    await chosen.getByRole('button', { name: 'Launch (2)' }).click()
    await page
      .locator('.v-messages')
      .getByText(/Launch: /)
      .waitFor()
    await until(page, "document.querySelectorAll('tbody .v-look-ready').length === 2", showLimitMs)
  })

  test('what a guest was is not deleted; whom it leaves alone is said before', async (t) => {
    const daemon = running(t)
    const { page } = await visit(t, browser, daemon)
    await page.goto('/guests/erp')
    await page.getByRole('main').getByRole('button', { name: 'Unmanage' }).click()
    const dialog = page.getByRole('dialog', { name: 'Unmanage erp?' })
    await dialog.getByText('Nothing is deleted.').waitFor()
    await dialog.getByText(/^(web and reports|reports and web) need it: their needs are still probed\.$/).waitFor()
    await dialog.getByText('vigia unmanage erp').waitFor()
    await dialog.getByRole('button', { name: 'Not now' }).click()
    await dialog.waitFor({ state: 'detached' })
    assert.equal(daemon.wish('erp').state, null)
    await page.getByRole('main').getByRole('button', { name: 'Unmanage' }).click()
    await dialog.getByRole('button', { name: 'Unmanage' }).click()
    await dialog.waitFor({ state: 'detached' })
    assert.equal(daemon.wish('erp').state, 'ignored')
    await page.locator('.v-head').getByText('ignored').waitFor()
  })

  test('a move says why a host is refused, shows who goes where, and is made', async (t) => {
    const daemon = healthyOffice()
    const { page } = await visit(t, browser, daemon)
    await page.goto('/guests/mail')
    await page.getByRole('main').getByRole('button', { name: 'Move' }).click()
    const dialog = page.getByRole('dialog', { name: 'Move mail' })
    await dialog.getByRole('combobox', { name: 'To' }).selectOption('h2')
    await dialog.getByText('mail is there already.').waitFor()
    await dialog.getByRole('button', { name: 'Move', disabled: true }).waitFor()
    await dialog.getByRole('combobox', { name: 'To' }).selectOption('h3')
    await dialog.getByRole('row', { name: /^mail h2 h3 live/ }).waitFor()
    await dialog.getByText('vigia migrate mail --to h3').waitFor()
    await dialog.getByRole('button', { name: 'Move', disabled: false }).click()
    await dialog.waitFor({ state: 'detached' })
    await page.locator('.v-messages').getByText('mail → h3').waitFor()
    assert.equal(daemon.wish('mail').move?.to, 'h3')
  })
})

describe('on every page', { timeout: 390_000 }, () => {
  test('the search finds guests by name, tag, service and host, hosts and pages', async (t) => {
    const { page } = await visit(t, browser, healthyOffice())
    await page.goto('/tasks')
    await page.getByRole('heading', { level: 1, name: 'Tasks' }).waitFor()
    await page.keyboard.press('Control+k')
    const box = page.getByRole('combobox', { name: 'Search' })
    const found = page.getByRole('listbox', { name: 'Search' }).getByRole('option')
    for (const [typed, name, by] of [
      ['erp', 'erp', 'guest'],
      ['5432', 'db', '5432/tcp'],
      ['base', 'dns', 'base'],
      ['h2', 'h2', 'host'],
      ['what', 'What if', 'page'],
    ] as const) {
      await box.fill(typed)
      await found.filter({ hasText: name }).filter({ hasText: by }).first().waitFor()
    }
    await box.fill('nothing is called so')
    await found.getByText('Nothing found').waitFor()
    await box.fill('m')
    await found.nth(1).waitFor()
    const second = found.nth(1).and(page.getByRole('option', { selected: true }))
    await page.keyboard.press('ArrowDown')
    await second.waitFor()
    await page.keyboard.press('ArrowUp')
    await box.fill('monitor')
    await found.first().filter({ hasText: 'monitor' }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'monitor' }).waitFor()
    assert.equal(await box.inputValue(), '')
  })

  test('a task is followed in the drawer, step by step, and taken back', async (t) => {
    const stopped = Object.entries(office).map(([id, draft]) => [id, { ...draft, wish: 'stopped' }] as const)
    const daemon = new ConsoleDaemon(Object.fromEntries(stopped))
    daemon.world.settle()
    t.after(daemon.live({ delayMs: 1_500 }))
    const { page } = await visit(t, browser, daemon)
    await page.goto('/guests/monitor')
    await page.getByRole('main').getByRole('button', { name: 'Launch' }).click()
    const drawer = page.getByRole('region', { name: 'Tasks' })
    await drawer.getByText('1 under way').waitFor()
    await drawer.getByRole('button', { name: 'Tasks' }).click()
    const bar = drawer.getByRole('progressbar', { name: /^Launch: / })
    await bar.first().waitFor()
    // Whichever of its steps is drawn in time.
    await drawer
      .getByText(/\b[2-5] of 9\b/)
      .first()
      .waitFor()
    await drawer.getByRole('button', { name: 'Cancel' }).first().click()
    await drawer.getByText('nothing under way').waitFor()
    await drawer.getByText('cancelled').first().waitFor()
    await drawer.getByRole('link', { name: 'All tasks' }).click()
    await page.getByRole('heading', { level: 1, name: 'Tasks' }).waitFor()
    await page.getByText('9 steps').click()
    await page.getByText('dns: done').waitFor()
    await page.getByText('monitor: cancelled').waitFor()
  })
})

/** The mouse is held over the guest that the line leads to. */
async function drawTo(page: Page, from: string, to: string): Promise<void> {
  const middle = async (guest: string) => {
    const box = (await page.locator(`[data-node="${guest}"]`).boundingBox())!
    return [box.x + box.width / 2, box.y + box.height / 2] as const
  }
  const [fromX, fromY] = await middle(from)
  const [toX, toY] = await middle(to)
  await page.mouse.move(fromX, fromY)
  await page.mouse.down()
  await page.mouse.move((fromX + toX) / 2, (fromY + toY) / 2, { steps: 4 })
  await page.mouse.move(toX, toY, { steps: 4 })
}
