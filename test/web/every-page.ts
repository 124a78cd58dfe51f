import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { Browser } from 'playwright-core'
import { seriousFindings, type VisitOptions, visit } from './browser.ts'
import { wideOffice } from './console-daemon.ts'

/** Every page, with a heading that only it has. */
export const pages = [
  ['/', 'Now'],
  ['/?guest=web', 'Now'],
  ['/?view=table', 'Now'],
  ['/hosts', 'Hosts'],
  ['/hosts/h1', 'h1'],
  ['/guests', 'Guests'],
  ['/guests/web', 'web'],
  ['/guests/web/needs', 'web'],
  ['/guests/web/graphs', 'web'],
  ['/guests/web/console', 'web'],
  ['/guests/web/events', 'web'],
  ['/guests/web/xml', 'web'],
  ['/create', 'Create a guest'],
  ['/tasks', 'Tasks'],
  ['/events', 'Events'],
  ['/what-if?lose=h1', 'What if'],
  ['/availability', 'Availability'],
  ['/drills', 'Drills'],
  ['/drills/web-1', 'Drills: web-1'],
  ['/plan', 'Plan'],
  ['/settings/file', 'Settings'],
  ['/settings/draw', 'Settings'],
  ['/settings/members', 'Settings'],
  ['/settings/users', 'Settings'],
  ['/settings/tokens', 'Settings'],
  ['/settings/audit', 'Settings'],
  ['/nowhere', 'There is no page /nowhere'],
] as const

/** axe finds nothing serious on any page. */
export async function everyPage(t: TestContext, browser: Browser, look: VisitOptions): Promise<void> {
  const { page } = await visit(t, browser, wideOffice(), look)
  const found: string[] = []
  for (const [path, heading] of pages) {
    await page.goto(path)
    await page.getByRole('heading', { level: 1, name: heading, exact: true }).first().waitFor()
    await page.waitForLoadState('load')
    for (const finding of await seriousFindings(page)) found.push(`${path}: ${finding}`)
  }
  assert.deepEqual(found, [])
}
