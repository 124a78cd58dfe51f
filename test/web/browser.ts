import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { TestContext } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core'
import { paths } from '../../src/contract/protocol.ts'
import type { FakeDaemon } from '../api/fake-daemon.ts'
import { network } from '../api/security/network.ts'
import { account, consoleApi, password } from './console-daemon.ts'

/** For a browser to come up, and for what a page shall show: a machine with other work draws late, and that is no fault of the page. */
const startLimitMs = 180_000
export const showLimitMs = 90_000

const program = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path))

/** Debian's chromium: no test downloads a browser. */
export async function startBrowser(): Promise<Browser> {
  if (program === undefined) throw new Error('chromium is not installed: scripts/setup lab')
  return chromium.launch({
    executablePath: program,
    timeout: startLimitMs,
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-background-networking', '--force-color-profile=srgb'],
  })
}

export interface Visit {
  readonly page: Page
  readonly context: BrowserContext
  readonly url: string
  readonly app: FastifyInstance
  readonly port: number
}

export interface VisitOptions {
  readonly width?: number
  readonly height?: number
  readonly theme?: 'light' | 'dark'
  readonly locale?: 'en' | 'pt-BR'
  readonly user?: string
  readonly role?: 'viewer' | 'operator' | 'administrator'
  /** Not logged in. */
  readonly outside?: boolean
  /** What the page may complain of: it is what the test is about. */
  readonly forgives?: RegExp
}

/** A browser in front of a pretend daemon behind TLS. Whatever the page complains of in its console fails the test. */
export async function visit(
  t: TestContext,
  browser: Browser,
  daemon: FakeDaemon,
  options: VisitOptions = {},
): Promise<Visit> {
  const app = await consoleApi(daemon)
  const { port } = await network(t, app)
  const url = `https://127.0.0.1:${port}`
  const { user = 'ana', role = 'administrator' } = options
  await account(app, user, { role })
  const opened = await open(t, browser, url, options)
  if (!options.outside) await logIn(opened.context, url, user)
  return { ...opened, url, app, port }
}

/** A window of its own; nothing is kept from others. */
export async function open(
  t: Pick<TestContext, 'after'>,
  browser: Browser,
  url: string,
  options: VisitOptions = {},
): Promise<{ page: Page; context: BrowserContext; complaints: string[] }> {
  const { width = 1440, height = 900, theme = 'light', locale = 'en' } = options
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    locale,
    ignoreHTTPSErrors: true,
    baseURL: url,
    timezoneId: 'UTC',
  })
  // Of all its windows.
  context.setDefaultTimeout(showLimitMs)
  const page = await context.newPage()
  const complaints = listen(page)
  await hearRefusals(context, complaints)
  t.after(async () => {
    await context.close()
    const { forgives } = options
    assert.deepEqual(
      complaints.filter((one) => !forgives?.test(one)),
      [],
      'the page complained',
    )
  })
  return { page, context, complaints }
}

/** Errors of scripts, refusals by the page's policy, files that were not there. An answer that says no on purpose is none. */
export function listen(page: Page): string[] {
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(`${error.name}: ${error.message}`))
  page.on('console', (message) => {
    const text = message.text()
    if (message.type() !== 'error' || /Failed to load resource: (the server responded|net::ERR_)/.test(text)) return
    complaints.push(text)
  })
  page.on('response', (response) => {
    if (response.status() >= 500) complaints.push(`${response.status()} ${response.url()}`)
  })
  return complaints
}

/** What the page's policy forbade, also where nothing is said of it in the console, and in windows opened later. */
async function hearRefusals(context: BrowserContext, complaints: string[]): Promise<void> {
  await context.exposeBinding('vigiaRefused', (_, what: string) => complaints.push(`policy: ${what}`))
  await context.addInitScript(`document.addEventListener('securitypolicyviolation', (event) => {
    window.vigiaRefused([event.effectiveDirective, event.blockedURI, event.sourceFile + ':' + event.lineNumber, event.sample].join(' '))
  })`)
}

export async function logIn(context: BrowserContext, url: string, name: string): Promise<void> {
  const answer = await context.request.post(`${url}${paths.session}`, { data: { name, password } })
  assert.equal(answer.status(), 200, await answer.text())
}

/** Until an expression is true in the page. The page's policy forbids it to make code of text: it is asked again and again from outside. */
export async function until(page: Page, expression: string, limitMs: number): Promise<void> {
  const end = Date.now() + limitMs
  while (!(await page.evaluate(expression))) {
    if (Date.now() > end) throw new Error(`not within ${limitMs} ms: ${expression}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

/** Until there are so many of them: what is counted at once may be on its way. */
export async function counted(found: Locator, count: number): Promise<void> {
  const end = Date.now() + showLimitMs
  for (let seen = await found.count(); seen !== count; seen = await found.count()) {
    assert.ok(Date.now() < end, `${seen} and not ${count} of ${String(found)}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe finds serious or critical: rule, and where. */
export async function seriousFindings(page: Page): Promise<string[]> {
  // Into a world of its own beside the page: its policy lets no script in that is not a file of ours.
  await page.evaluate(axeSource)
  const found = (await page.evaluate(
    `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(({ html, failureSummary }) => html.slice(0, 160) + ' | ' + failureSummary) })))`,
  )) as { id: string; impact: string; nodes: string[] }[]
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes.slice(0, 3).join('; ')}`)
}
