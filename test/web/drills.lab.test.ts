import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { drillId } from '../../src/model/drill.ts'
import { guestId } from '../../src/model/ids.ts'
import { seriousFindings, startBrowser, type VisitOptions, visit } from './browser.ts'
import { DrillDaemon, drilledOffice, drillResult } from './drill-daemon.ts'

let browser: Browser

before(async () => {
  browser = await startBrowser()
})

after(() => browser?.close())

/** On paper lying, between its margins, at 96 dots an inch. */
const paperPx = 1_032

const looks = [
  { theme: 'dark', locale: 'pt-BR' },
  { width: 360, height: 740 },
] as const satisfies VisitOptions[]

describe('drills', { timeout: 380_000 }, () => {
  test('one is begun after its consequences were read, shown as it goes on, and leads to its report', async (t) => {
    // So slowly that each step of it can be seen, also where pages are drawn late.
    const daemon = drilledOffice(3)
    const { page } = await visit(t, browser, daemon)
    await page.goto('/drills?guest=web')
    await page.getByRole('checkbox', { name: /^reboot/ }).check()
    await page.getByRole('spinbutton', { name: 'Runs of each' }).fill('1')
    await page.getByText('More settings').click()
    await page.getByRole('spinbutton', { name: 'Nothing happens for (seconds)' }).fill('2.5')
    await said(page, 'vigia drill run web --measure downtime --during nothing,reboot,live-migration --runs 1')
    await page.getByRole('button', { name: 'Begin', exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('People use this cluster. 1 time each').waitFor()
    await dialog.getByText('it is shut down in an orderly way and launched again').waitFor()
    // Who is hit, through which need.
    await dialog
      .getByRole('listitem')
      .filter({ hasText: /^monitor .* without web:443\/tcp$/ })
      .waitFor()
    assert.deepEqual(await seriousFindings(page), [])
    assert.deepEqual(daemon.cluster.done, [], 'nothing was done yet')
    await dialog.getByRole('button', { name: 'Begin the drill' }).click()
    await page.getByRole('heading', { level: 2, name: /^Under way: web-/ }).waitFor()
    await page.getByRole('progressbar', { name: /^Runs of drill web-/ }).waitFor()
    await page.getByText(/^2 of 3: downtime, reboot, run 1$/).waitFor()
    await page.getByText(/^Last run, downtime, nothing \(baseline\): lost \d+ and longest silence/).waitFor()
    assert.deepEqual(await seriousFindings(page), [])
    await page
      .getByText(/^.*Drill web-\w+ is over/)
      .first()
      .waitFor()
    await page.getByRole('link', { name: 'Its report' }).click()
    await page.getByRole('heading', { level: 2, name: 'In short' }).waitFor()
    await page.getByRole('row', { name: /^reboot downtime 1 / }).waitFor()
    assert.deepEqual(daemon.cluster.done.slice(0, 2), ['shutdown web', 'launch web'])
  })

  test('its end is asked for; another browser sees it go on, and end', async (t) => {
    const daemon = drilledOffice()
    daemon.production = false
    const { page, context } = await visit(t, browser, daemon)
    await page.goto('/drills?guest=web')
    await page.getByRole('spinbutton', { name: 'Runs of each' }).fill('100')
    // On a cluster for trying things out nobody is asked.
    await page.getByRole('button', { name: 'Begin', exact: true }).click()
    const other = await context.newPage()
    await other.goto('/drills')
    await other.getByText(/^\d+ of 200: downtime, /).waitFor()
    await page.getByRole('button', { name: 'End it' }).click()
    await other
      .getByText(/^.*Drill web-\w+ is over/)
      .first()
      .waitFor()
    await other.getByRole('row', { name: /^web-\w+ web .*stopped: ana asked for its end$/ }).waitFor()
  })

  test('every reason against it is said, and nothing is begun', async (t) => {
    const daemon = drilledOffice()
    Object.assign(daemon, { isArmed: false, waiting: [guestId('db'), guestId('erp')] })
    const { page } = await visit(t, browser, daemon)
    await page.goto('/drills?guest=web')
    await page.getByRole('checkbox', { name: /^power cut of its host/ }).check()
    await page.getByRole('checkbox', { name: /^failure of its service/ }).check()
    await page.getByRole('button', { name: 'Only check' }).click()
    for (const reason of [
      'the cluster is disarmed: nothing would take over',
      'without h2 there would be no room for db and erp',
      'say which service of web is to fail (--service): 80/tcp and 443/tcp',
    ])
      await page.getByRole('listitem').getByText(reason).waitFor()
    await page.getByRole('button', { name: 'Begin', exact: true }).click()
    await page.getByText('The drill is not begun').waitFor()
    assert.equal(await page.getByRole('dialog').count(), 0)
    await page.getByRole('checkbox', { name: /^power cut/ }).uncheck()
    await page.getByRole('checkbox', { name: /^failure/ }).uncheck()
    await page.getByRole('button', { name: 'Only check' }).click()
    await page.getByText('It might begin now: nothing is in its way.').waitFor()
    assert.deepEqual(daemon.cluster.done, [])
  })

  test('schedules with their next time, and what is over; whoever may only look begins and ends nothing', async (t) => {
    const { page } = await visit(t, browser, drilledOffice(), { role: 'operator', user: 'eva' })
    await page.goto('/drills')
    await page.getByRole('row', { name: /^weekly web 0 3 \* \* sun .*2030/ }).waitFor()
    await page.getByRole('row', { name: /^never db .* never$/ }).waitFor()
    await page.getByRole('row', { name: /^erp-t4w0zz .*schedule weekly .*not put back: db$/ }).waitFor()
    await page.getByText('Only administrators begin and end drills.').waitFor()
    assert.equal(await page.getByRole('button', { name: /^(Begin|Only check|End it)$/ }).count(), 0)
  })

  test('a report: figures, intervals, what would make them better, the work of 2009 beside ours', async (t) => {
    const page = await report(t, 'web-t4x1aa')
    const short = page.getByRole('table', { name: 'In short' })
    await short.getByRole('row', { name: /^power cut of its host downtime 5 4\d\.\d+ s \d+ 0/ }).waitFor()
    const group = page.getByRole('table', { name: 'downtime, power cut of its host (5 runs)' })
    for (const heading of ['Mean', 'Standard deviation', '95 % interval', 'Least', 'Median', '90 % within', 'Most'])
      await group.getByRole('columnheader', { name: heading, exact: true }).waitFor()
    await group.getByRole('row', { name: /^longest silence 4\d\.\d+ s \d\.\d+ s .* s … .* s/ }).waitFor()
    await page
      .getByRole('img', { name: /^live migration: mean 1\.\d+ s, 95 % interval .*; runs: (.+, ){3}.+ and/ })
      .first()
      .waitFor()
    assert.ok((await page.getByRole('heading', { name: 'What would make this better' }).count()) >= 5)
    await page.getByText(/two guests with the same service, kept apart by a rule/).waitFor()
    const beside = page.getByRole('table', { name: 'Table 5: downtime' })
    await beside.getByRole('row', { name: /^cold move: downtime \(lost pings\) 38\.7 s \(6\.5 s\) \d+/ }).waitFor()
    await beside.getByRole('row', { name: /^power cut of its host: longest silence could not be done \d+/ }).waitFor()
  })

  test('the report as files: the page, the table, the data', async (t) => {
    const page = await report(t, 'web-t4x2k1')
    await page.getByRole('row', { name: /^live migration transfer 5 .* 7\d\.\d%$/ }).waitFor()
    const [html, csv, json] = [await file(page, 'HTML'), await file(page, 'CSV'), await file(page, 'JSON')]
    assert.equal(html.name, 'drill-web-t4x2k1.html')
    assert.match(html.text, /^<!doctype html>\n<html lang="en">/)
    assert.match(html.text, /Made by Vigia 0\.0\.0-test/)
    assert.match(csv.text, /^measure,during,runs,figure,unit,mean,/)
    const data = JSON.parse(json.text) as { id: string; runs: unknown[]; groups: { ofBaseline: number | null }[] }
    assert.deepEqual([data.id, data.runs.length, data.groups.length], ['web-t4x2k1', 30, 6])
    // Shown as it is in the data.
    const share = data.groups.find(({ ofBaseline }) => ofBaseline !== null)!.ofBaseline!
    await page
      .getByRole('cell', { name: `${Math.round(share * 1_000) / 10}%` })
      .first()
      .waitFor()
  })

  test('on paper there is the report alone, and no table is cut', async (t) => {
    const page = await report(t, 'web-t4x2k1', { width: paperPx })
    await page.emulateMedia({ media: 'print' })
    assert.equal(await page.getByRole('button').count(), 0)
    assert.deepEqual(await tooWide(page), [])
    const pdf = (await page.pdf({ preferCSSPageSize: true, printBackground: true })).toString('latin1')
    assert.match(pdf, /\/MediaBox\s*\[0 0 841\.\d+ 59[45]\.?\d*\]/)
  })

  for (const options of looks) {
    test(`axe finds nothing serious, and nothing is too wide: ${JSON.stringify(options)}`, async (t) => {
      const { page } = await visit(t, browser, drilledOffice(), options)
      for (const path of ['/drills?guest=web', '/drills/web-t4x2k1', '/drills/erp-t4w0zz']) {
        await page.goto(path)
        await page.locator('main h2').nth(1).waitFor()
        await page.evaluate(`for (const one of document.querySelectorAll('main details')) one.open = true`)
        assert.deepEqual(await seriousFindings(page), [], path)
        assert.deepEqual(await tooWide(page), [], path)
      }
    })
  }

  test('names with markup are text, on the page and in the file', async (t) => {
    const evil = (of: string): string => `<img src=x onerror="window.taken='${of}'">${of}`
    const daemon = new DrillDaemon().keep(
      drillResult(
        {
          ...{ id: drillId(evil('drill')), by: evil('by'), host: evil('host') as never },
          stopped: { code: 'guest-went', guest: guestId(evil('other')), from: null, to: evil('there') as never },
          restore: { kind: 'left', subjects: [evil('subject')] },
        },
        { guest: guestId(evil('guest')), transferPath: `/${evil('path')}`, service: evil('service') as never },
      ),
    )
    const { page } = await visit(t, browser, daemon)
    await page.goto(`/drills?guest=${encodeURIComponent(evil('link'))}`)
    await page.getByRole('link', { name: evil('drill') }).click()
    await page.getByText(evil('subject')).waitFor()
    const found = await page.evaluate(`[String(window.taken), document.querySelectorAll('img[src="x"]').length]`)
    assert.deepEqual(found, ['undefined', 0])
    const { name, text } = await file(page, 'HTML')
    assert.match(name, /^[\w.-]+\.html$/)
    assert.doesNotMatch(text, /<img/)
  })

  test('one that is not there is said; the search leads to the page', async (t) => {
    const { page } = await visit(t, browser, drilledOffice())
    await page.goto('/drills/no-such')
    await page.locator('main .pf-m-danger').waitFor()
    await page.keyboard.press('Control+k')
    await page.keyboard.type('drill')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Drills', exact: true }).waitFor()
  })
})

async function report(t: Parameters<typeof visit>[0], id: string, options: VisitOptions = {}): Promise<Page> {
  const { page } = await visit(t, browser, drilledOffice(), options)
  await page.goto(`/drills/${id}`)
  await page.getByRole('heading', { level: 2, name: 'In short' }).waitFor()
  return page
}

async function said(page: Page, command: string): Promise<void> {
  const text = page.locator('.v-drill-form .v-command')
  await text.filter({ hasText: command }).waitFor()
}

async function file(page: Page, format: string): Promise<{ readonly name: string; readonly text: string }> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: `${format} file` }).click(),
  ])
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') }
}

/** What is wider than its box, or than the page. */
async function tooWide(page: Page): Promise<unknown> {
  return page.evaluate(`(() => {
    const wide = document.documentElement.scrollWidth > innerWidth ? ['the page: ' + document.documentElement.scrollWidth] : []
    const main = document.querySelector('main')
    if (main.scrollWidth > main.clientWidth + 1) wide.push('main ' + main.scrollWidth + ' > ' + main.clientWidth)
    // On a screen a table may be scrolled in its box; on paper and on a phone nothing can.
    if (!matchMedia('print').matches && innerWidth > 640) return wide
    for (const one of document.querySelectorAll('.v-table-box, .v-figure-box, .v-drill-now, .v-drill-form')) {
      if (one.scrollWidth > one.clientWidth + 1) wide.push(one.className + ' ' + one.scrollWidth + ' > ' + one.clientWidth)
    }
    return wide
  })()`)
}
