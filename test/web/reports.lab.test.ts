import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { seriousFindings, startBrowser, type VisitOptions, visit } from './browser.ts'
import { type ConsoleDaemon, wideOffice } from './console-daemon.ts'
import { reportDaemon } from './report-daemon.ts'

const example = (name: string): string => join(import.meta.dirname, '..', '..', 'examples', name)

let browser: Browser

before(async () => {
  browser = await startBrowser()
})

after(() => browser?.close())

/** On paper lying, between its margins, at 96 dots an inch. */
const paperPx = 1_032

describe('reports', { timeout: 380_000 }, () => {
  test('availability: figures, failures, promises, months and the outlook', async (t) => {
    const page = await report(t, await reportDaemon())
    for (const name of ['Cluster', 'Groups', 'Hosts', 'Guests', 'Services', 'Month by month', 'What to expect'])
      await page.getByRole('heading', { level: 2, name, exact: true }).waitFor()
    const guests = page.getByRole('table', { name: 'Guests' })
    await guests.getByRole('rowheader', { name: /^db/ }).waitFor()
    await page
      .getByText(/^never "crashed": 9\d\.\d+ % \(it cost 2 h\)/)
      .first()
      .waitFor()
    await page.getByRole('table', { name: 'Promises and their error budgets' }).getByText('broken').first().waitFor()
    await page.getByRole('img', { name: /^db: 9\d\.\d+ %; up .*, down 3 h 17 min/ }).waitFor()
    await page.getByText(/^Expected: 9\d\./).waitFor()
    await page.getByRole('spinbutton', { name: 'Hosts' }).fill('5')
    await page.getByText(/^With this change: 9\d\./).waitFor()
  })

  test('the period is chosen by keyboard, and is part of the address', async (t) => {
    const page = await report(t, await reportDaemon())
    await page.getByRole('combobox', { name: 'Period' }).focus()
    await page.keyboard.press('ArrowDown')
    await page.waitForURL(/period=365d/)
    await page.getByRole('combobox', { name: 'Group', exact: true }).selectOption('base')
    await page.waitForURL(/group=base/)
    const guests = page.getByRole('table', { name: 'Guests' })
    await guests.getByRole('rowheader', { name: /^web/ }).waitFor({ state: 'detached' })
    await guests.getByRole('rowheader', { name: /^dns/ }).waitFor()
    const csv = await page.getByRole('link', { name: 'As CSV' }).getAttribute('href')
    const answer = await page.context().request.get(new URL(csv ?? '', page.url()).href)
    assert.match(await answer.text(), /^kind,name,availability/)
  })

  test('a plan of the cluster, and of a file that is uploaded', async (t) => {
    const { page } = await visit(t, browser, wideOffice(), {})
    await page.goto('/plan')
    await page.getByRole('button', { name: 'Reckon' }).click()
    await page.getByRole('heading', { level: 2, name: 'Answer' }).waitFor()
    await page.getByRole('radio', { name: 'a plan file' }).check()
    await page.waitForURL(/of=file/)
    await page.getByLabel('Choose files').setInputFiles(example('isp.yaml'))
    await page.getByRole('button', { name: 'Reckon' }).click()
    await page.getByText(/^46 guests on 7 hosts today; 5 are enough/).waitFor()
    await page.getByText(/^printedTotals says 12 /).waitFor()
    for (const name of ['Hosts', 'Moves, in order', 'Who goes where', 'Headroom', 'Critical services'])
      await page.getByRole('heading', { level: 2, name, exact: true }).waitFor()
    assert.deepEqual(await seriousFindings(page), [])
    assert.deepEqual(await tooWide(page), [])
  })

  test('what servers cost is told to the cent; a wrong file with the place of each problem', async (t) => {
    const { page } = await visit(t, browser, wideOffice(), { locale: 'pt-BR' })
    await page.goto('/plan?of=file')
    await page.getByLabel('Arquivo de plano (YAML)').fill(readFileSync(example('tco.yaml'), 'utf8'))
    await page.getByRole('button', { name: 'Calcular' }).click()
    await page.getByText(/Economia: R\$\s269\.904,00 \(90,3%\)/).waitFor()
    await page.getByLabel('Arquivo de plano (YAML)').fill(readFileSync(example('tco-proposals.yaml'), 'utf8'))
    await page.getByRole('button', { name: 'Calcular' }).click()
    await page.getByRole('img', { name: /^Total pago por / }).waitFor()
    assert.deepEqual(await seriousFindings(page), [])
    await page.getByLabel('Arquivo de plano (YAML)').fill('currency: BRL\nproposals: { a: { wats: 3 } }\n')
    await page.getByRole('button', { name: 'Calcular' }).click()
    await page.getByText(/plan\.yaml:2:19/).waitFor()
  })

  for (const options of [{ theme: 'dark' }, { width: 360, height: 740, locale: 'pt-BR' }] as const) {
    test(`axe finds nothing serious, and nothing is too wide: ${JSON.stringify(options)}`, async (t) => {
      const page = await report(t, await reportDaemon(), options)
      assert.deepEqual(await seriousFindings(page), [])
      assert.deepEqual(await tooWide(page), [])
    })
  }

  test('on paper there is the report alone, and no table is cut', async (t) => {
    const page = await report(t, await reportDaemon(), { width: paperPx })
    await page.emulateMedia({ media: 'print' })
    assert.equal(await page.getByRole('navigation').count(), 0)
    assert.equal(await page.getByRole('button', { name: 'Print' }).count(), 0)
    assert.deepEqual(await tooWide(page), [])
    const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true })
    const text = pdf.toString('latin1')
    // A4, lying: 842 by 595 points.
    assert.match(text, /\/MediaBox\s*\[0 0 841\.\d+ 59[45]\.?\d*\]/)
    assert.ok((text.match(/\/Type\s*\/Page\b/g) ?? []).length >= 2)
  })
})

async function report(
  t: Parameters<typeof visit>[0],
  daemon: ConsoleDaemon,
  options: VisitOptions = {},
): Promise<Page> {
  const { page } = await visit(t, browser, daemon, options)
  await page.goto('/availability?period=90d')
  await page.getByText(/^(Expected|Esperado): /).waitFor()
  return page
}

/** What is wider than its box, or than the page. */
async function tooWide(page: Page): Promise<unknown> {
  return page.evaluate(`(() => {
    const wide = document.documentElement.scrollWidth > innerWidth ? ['the page: ' + document.documentElement.scrollWidth] : []
    // On a screen a table may be scrolled in its box; on paper and on a phone nothing can.
    if (!matchMedia('print').matches && innerWidth > 640) return wide
    for (const one of document.querySelectorAll('main, .v-table-box, .v-strips, .v-figure-box')) {
      if (one.scrollWidth > one.clientWidth + 1) wide.push(one.className + ' ' + one.scrollWidth + ' > ' + one.clientWidth)
    }
    return wide
  })()`)
}
