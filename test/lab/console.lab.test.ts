import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { compiled, daemonCommand } from '../../bench/build.ts'
import { LabCluster } from '../../lab/cluster.ts'
import { consoleArguments, freePort } from '../../lab/console-door.ts'
import { whereGuestsRun } from '../../lab/qemu.ts'
import { scenarioGuests } from '../../lab/scenario.ts'
import type { ConsoleLinkResult } from '../../src/contract/access.ts'
import { listen, startBrowser, until } from '../web/browser.ts'

const scenario = join(import.meta.dirname, '../../examples/scenario-b.conf')

/** Nine emulated guests in five waves on a busy machine. */
const launchLimitMs = 200_000

/** A lost guest is found, proven gone, placed, and boots, perhaps behind two others that it needs. */
const recoverLimitMs = 200_000

const stepLimitMs = 90_000

let cluster: LabCluster
let browser: Browser
let page: Page
let complaints: string[]

before(async () => {
  await compiled()
  const port = await freePort(0)
  const vigiad = { program: daemonCommand().at(-1)!, args: consoleArguments(port) }
  cluster = await LabCluster.start({ id: `con${process.pid.toString(36)}`, vigiad })
  cluster.lab.startConsoleDoor(port)
  await cluster.found()
  browser = await startBrowser()
})

after(async () => {
  await browser?.close()
  await cluster?.stop()
})

/** What a person does in front of the demo, with one page that is never loaded again. */
describe('the console in front of three hosts with nine real guests', { timeout: 395_000 }, () => {
  test('the one-time link opens it', async () => {
    const [first] = cluster.members
    const link = JSON.parse(await cluster.must(first!, ['console', '-o', 'json'])) as ConsoleLinkResult
    const context = await browser.newContext({
      ignoreHTTPSErrors: true,
      locale: 'en',
      viewport: { width: 1440, height: 900 },
    })
    page = await context.newPage()
    page.setDefaultTimeout(stepLimitMs)
    complaints = listen(page)
    await page.goto(link.urls[0]!)
    await page.getByRole('heading', { level: 1, name: 'Now' }).waitFor({ timeout: stepLimitMs })
    await page.evaluate('window.neverLoadedAgain = true')
  })

  test('nine guests are seen launching, until all are ready', async () => {
    const guests = scenarioGuests(scenario)
    const file = join(cluster.lab.sharedFolder, 'vigia.yaml')
    writeFileSync(file, cluster.file(guests))
    await cluster.must(cluster.members[0]!, ['apply', file])
    // The last ones wait for as long as four waves boot.
    await page.locator('.v-node-waiting').first().waitFor({ timeout: stepLimitMs })
    await page.locator('.v-node-starting').first().waitFor({ timeout: stepLimitMs })
    await until(page, "document.querySelectorAll('.v-node-ready').length === 9", launchLimitMs)
  })

  test('a service is closed: what needs it is paused, says why, and goes on when it is open again', async () => {
    const guest = cluster.lab.control('servidor2')
    await guest.send('close 22/tcp')
    const paused = page.locator('.v-node-paused').filter({ hasText: /has lost servidor2:22\/tcp/ })
    await paused.first().waitFor({ timeout: stepLimitMs })
    await guest.send('open 22/tcp')
    await until(page, "document.querySelectorAll('.v-node-ready').length === 9", recoverLimitMs)
  })

  test("a host's power is cut: its guests come up on others, whoever led", async () => {
    const leader = await cluster.someLeader()
    const { name } = leader.host
    const lost = [...whereGuestsRun(cluster.lab.hosts)].flatMap(([guest, hosts]) =>
      hosts.includes(name) ? [guest] : [],
    )
    await leader.host.powerCut()
    await until(
      page,
      `${JSON.stringify(lost)}.every((id) => {
        const node = document.querySelector('[data-node="' + id + '"]')
        return node !== null && node.classList.contains('v-node-ready') && !(node.querySelector('.v-node-host')?.textContent ?? '').includes(${JSON.stringify(name)})
      }) && document.querySelectorAll('.v-node-ready').length === 9`,
      recoverLimitMs,
    ).catch((error: unknown) => assert.fail(`${String(error)}\n${cluster.lastWords()}`))
    await page.getByRole('region', { name: 'Health of the cluster' }).getByText(name).first().waitFor()
  })

  test('all of it was one page, and it never complained', async () => {
    assert.equal(await page.evaluate('window.neverLoadedAgain'), true)
    // A host that is asked while a new leader of the store is elected says so, and is asked again.
    assert.deepEqual(
      complaints.filter((one) => !one.startsWith('503 ')),
      [],
    )
  })
})
