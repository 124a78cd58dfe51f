import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import type { Stretch, Subject } from '../src/model/metric.ts'
import type { FakeDaemon } from '../test/api/fake-daemon.ts'
import { network } from '../test/api/security/network.ts'
import { logIn, open, startBrowser } from '../test/web/browser.ts'
import { account, consoleApi, healthyOffice, type WideConsoleDaemon, wideOffice } from '../test/web/console-daemon.ts'
import { realScreen, screenLine } from '../test/web/real-screen.ts'
import { reportDaemon } from '../test/web/report-daemon.ts'

/**
 * usage: node scripts/screenshots.ts [NAME…] [LOOK…]
 *
 * Every page of the console, light and dark, wide and on a phone, in both languages, into docs/images. Without names: all, and what is there goes first.
 * A look is as in the files' names: light-360-pt-BR.
 * Run as a test: it ends with 1 when a page complains.
 */

const folder = join(import.meta.dirname, '..', 'docs', 'images')

const examples = join(import.meta.dirname, '..', 'examples')

/** For a look: as long as each page is. */
const whole = join(import.meta.dirname, '..', '.cache', 'screenshots')

/** Small enough for a repository, clear enough to read. */
const quality = 0.72

interface Shown {
  readonly name: string
  readonly path: string
  readonly prepare?: (page: Page) => Promise<void>
}

const shown = (name: string, path: string, prepare?: (page: Page) => Promise<void>): Shown => ({
  name,
  path,
  ...(prepare !== undefined && { prepare }),
})

/** An office on a day like any other, but for a host that is silent. */
const ofOffice: readonly Shown[] = [
  shown('login', '/'),
  shown('now', '/'),
  shown('now-why', '/?guest=erp'),
  shown('now-table', '/?view=table'),
  shown('hosts', '/hosts'),
  shown('host', '/hosts/h1'),
  shown('guests', '/guests'),
  shown('guest-overview', '/guests/erp'),
  shown('guest-needs', '/guests/erp/needs'),
  shown('guest-graphs', '/guests/erp/graphs'),
  shown('guest-console', '/guests/erp/console', openSerial),
  shown('guest-screen', '/guests/erp/console', openScreen),
  shown('guest-events', '/guests/erp/events'),
  shown('guest-xml', '/guests/erp/xml'),
  shown('create', '/create'),
  shown('create-review', '/create', fillIn),
  shown('tasks', '/tasks'),
  shown('events', '/events'),
  shown('plan', '/plan', reckon),
  shown('plan-hosts', '/plan?of=file', (page) => reckonFile(page, 'isp.yaml')),
  shown('plan-cost', '/plan?of=file', (page) => reckonFile(page, 'tco.yaml')),
  shown('plan-proposals', '/plan?of=file', (page) => reckonFile(page, 'tco-proposals.yaml')),
  shown('settings-file', '/settings/file'),
  shown('settings-draw', '/settings/draw'),
  shown('settings-members', '/settings/members'),
  shown('settings-users', '/settings/users'),
  shown('settings-tokens', '/settings/tokens'),
  shown('settings-audit', '/settings/audit'),
  shown('dialog-shutdown', '/?guest=db', (page) => press(page, /^(Shut down|Desligar)/)),
]

/** The same office with all hosts well: what is lost or emptied, the others take. */
const ofHealthy: readonly Shown[] = [
  shown('what-if', '/what-if?lose=h2', playLoss),
  shown('drills', '/drills?guest=web'),
  shown('drill', '/drills/web-1'),
  shown('dialog-migrate', '/guests/mail', (page) => press(page, /^(Move|Migrar)$/)),
  shown('dialog-maintenance', '/hosts/h1', (page) => press(page, /maintenance|manutenção/)),
]

/** One host with a history of a quarter. */
const ofHistory: readonly Shown[] = [shown('availability', '/availability?period=90d', awaitOutlook)]

/** The pretend daemon with what real ones have besides: figures of a day, a domain's definition, a serial line, the screen of a real machine. */
async function pictured(t: TestContext): Promise<WideConsoleDaemon> {
  const daemon = wideOffice()
  const of = daemon.guestsOf.bind(daemon)
  const screen = await realScreen(t, 'erp')
  daemon.guestsOf = (host) => ({
    ...of(host),
    figures: async (subject, stretch) => figuresOf(host, subject, stretch),
    definition: async (domain) => definitionOf(domain),
    openLine: async (wish) => (wish.kind === 'vnc' ? screenLine(screen) : of(host).openLine(wish)),
  })
  return daemon
}

/** What a small server does on a quiet day, the same each time. */
function figuresOf(host: string, { kind, name }: Subject, { count, group }: Stretch): (number | null)[][] {
  if (kind !== 'host' && host !== 'h2') return []
  const seed = [...name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0)
  const wave = (middle: number, swing: number, period: number) =>
    Array.from({ length: count / group }, (_, at) => {
      const noise = Math.sin(at * 12.9898 + seed) * 0.5 + Math.sin(at * 4.1414 + seed) * 0.3
      return Math.max(0, middle + swing * (Math.sin(at / period + seed) + noise))
    })
  if (kind === 'service') return [wave(2.4, 0.6, 18), wave(100, 0, 1)]
  const memory = kind === 'host' ? [wave(16_384, 0, 1), wave(3_900, 120, 40)] : [wave(512, 0, 1), wave(390, 30, 40)]
  return [
    wave(kind === 'host' ? 14 : 22, 7, 25),
    ...memory,
    ...[90_000, 240_000, 35_000, 120_000].map((middle) => wave(middle, middle / 3, 15)),
  ]
}

function definitionOf(domain: string): string {
  return `<domain type='kvm' id='7'>
  <name>${domain}</name>
  <uuid>6c5f8f5e-7d0c-4f6f-9a53-0f8a2b1f9c11</uuid>
  <memory unit='KiB'>1048576</memory>
  <currentMemory unit='KiB'>524288</currentMemory>
  <vcpu placement='static'>2</vcpu>
  <os>
    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>
    <boot dev='hd'/>
  </os>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2'/>
      <source file='/srv/guests/${domain}.qcow2'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <interface type='bridge'>
      <mac address='52:54:00:2a:1e:07'/>
      <source bridge='br0'/>
      <model type='virtio'/>
    </interface>
    <serial type='pty'><target port='0'/></serial>
    <graphics type='vnc' port='-1' listen='127.0.0.1'/>
  </devices>
</domain>
`
}

const isLook = (word: string): boolean => /^(light|dark)-/.test(word)
const asked = process.argv.slice(2)
const wanted = asked.filter((word) => !isLook(word))
const looks = asked.filter(isLook)
const isChosen = ({ name }: Shown): boolean => wanted.length === 0 || wanted.includes(name)

async function openSerial(page: Page): Promise<void> {
  await page.locator('.v-toggle button').first().click()
  await page.locator('.v-terminal').getByText('login:').first().waitFor()
}

async function openScreen(page: Page): Promise<void> {
  await page.locator('.v-toggle button').last().click()
  await page.locator('.v-screen canvas').waitFor()
  await page.waitForTimeout(800)
}

async function playLoss(page: Page): Promise<void> {
  await page.locator('.v-run button').click()
  await page.locator('main table').waitFor({ timeout: 60_000 })
  await page.locator('.v-course summary').click()
}

async function reckon(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^(Reckon|Calcular)$/ }).click()
  await page.locator('.v-report h2').first().waitFor({ timeout: 60_000 })
}

async function reckonFile(page: Page, name: string): Promise<void> {
  await page.locator('.v-plan-text textarea').fill(readFileSync(join(examples, name), 'utf8'))
  await reckon(page)
  await page.evaluate(`document.querySelector('.v-report').scrollIntoView()`)
}

async function awaitOutlook(page: Page): Promise<void> {
  await page.getByText(/^(Expected|Esperado): /).waitFor({ timeout: 60_000 })
}

async function fillIn(page: Page): Promise<void> {
  const next = page.getByRole('button', { name: /^(Next|Avançar)$/ })
  await page.locator('main input[type="text"]').first().fill('print')
  await next.click()
  await page.locator('main textarea').fill('631/tcp')
  await page.getByRole('checkbox', { name: 'ldap:389/tcp' }).check()
  await next.click()
  await page.getByRole('button', { name: /^(Check|Conferir|Verificar)$/ }).click()
  await page.waitForTimeout(500)
}

async function press(page: Page, name: RegExp): Promise<void> {
  await page.locator('main').getByRole('button', { name }).first().click()
  await page.getByRole('dialog').waitFor()
  await page.waitForTimeout(400)
}

test('screenshots', { timeout: 3_600_000 }, async (t) => {
  if (asked.length === 0) rmSync(folder, { recursive: true, force: true })
  for (const one of [folder, whole]) mkdirSync(one, { recursive: true })
  const browser = await startBrowser()
  t.after(() => browser.close())
  if (ofOffice.some(isChosen)) {
    const daemon = await pictured(t)
    // Something has happened already.
    await daemon.tellStory()
    await takeAll(t, browser, daemon, ofOffice.filter(isChosen))
  }
  if (ofHealthy.some(isChosen)) await takeAll(t, browser, healthyOffice(), ofHealthy.filter(isChosen))
  if (ofHistory.some(isChosen)) await takeAll(t, browser, await reportDaemon(), ofHistory.filter(isChosen))
})

async function takeAll(t: TestContext, browser: Browser, daemon: FakeDaemon, chosen: readonly Shown[]): Promise<void> {
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
  for (const locale of ['en', 'pt-BR'] as const) {
    for (const theme of ['light', 'dark'] as const) {
      for (const width of [1440, 360] as const) {
        const suffix = `${theme}-${width}-${locale}`
        if (looks.length > 0 && !looks.includes(suffix)) continue
        const height = width === 360 ? 740 : 900
        const look = { locale, theme, width, height }
        const { page, context, complaints } = await open({ after: () => undefined }, browser, url, look)
        if (chosen.some(({ name }) => name === 'login')) {
          await page.goto('/')
          await page.locator('h1').waitFor()
          await keep(page, `login-${suffix}`)
        }
        await logIn(context, url, 'ana')
        for (const { name, path, prepare } of chosen) {
          if (name === 'login') continue
          await page.goto(path)
          await page.locator('h1').first().waitFor()
          await page.waitForTimeout(500)
          await prepare?.(page)
          await keep(page, `${name}-${suffix}`)
        }
        await context.close()
        for (const line of complaints) throw new Error(line)
      }
    }
  }
}

/** The browser makes WebP of its own picture: a third of what PNG takes, and no program more. */
async function keep(page: Page, name: string): Promise<void> {
  const picture = await page.screenshot({ type: 'png' })
  await keepWhole(page, name)
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

/** The page scrolls in its own box: the window is made as long as what is in it, and put back. */
async function keepWhole(page: Page, name: string): Promise<void> {
  const before = page.viewportSize()!
  const more = (await page.evaluate(
    `Math.max(0, ...[...document.querySelectorAll('main, [role=dialog]')].map((box) => box.scrollHeight - box.clientHeight))`,
  )) as number
  if (more > 0) await page.setViewportSize({ ...before, height: before.height + more })
  writeFileSync(join(whole, `${name}.png`), await page.screenshot({ type: 'png' }))
  if (more > 0) await page.setViewportSize(before)
}
