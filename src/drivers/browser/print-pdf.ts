import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Fault } from '../../model/fault.ts'
import { runAgent } from '../fence-agents/agent-run.ts'

/** Where Debian and its kin put it. */
const browsers = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'] as const

/** A page of a few pictures is printed in seconds; a browser that hangs is ended. */
const limitMs = 60_000

/** Prints a page that stands alone into a file. Faults, `not-done`: `not-supported` (no browser here), `file-unreadable`, `timeout`. */
export async function printPdf(html: string, file: string): Promise<void> {
  const browser = browsers.find((path) => existsSync(path))
  if (browser === undefined) throw new Fault('not-supported', 'not-done', { action: 'chromium' })
  const folder = await mkdtemp(join(tmpdir(), 'vigia-print-'))
  try {
    const page = join(folder, 'page.html')
    await writeFile(page, html)
    const target = resolve(file)
    // As root a browser runs without its sandbox; the page is ours, and nothing of it is fetched.
    const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
    const quiet = ['--headless', '--disable-gpu', '--disable-extensions', '--no-first-run', '--no-pdf-header-footer']
    const places = [`--user-data-dir=${join(folder, 'profile')}`, `--print-to-pdf=${target}`]
    const args = [...quiet, ...sandbox, ...places, pathToFileURL(page).href]
    const run = await runAgent(browser, '', limitMs, { args, env: { HOME: folder } })
    if (run.kind === 'hung') throw new Fault('timeout', 'not-done', { what: browser, limitMs })
    if (run.kind === 'ended' && run.code === 0 && existsSync(target)) return
    const text = run.kind === 'absent' ? run.reason : run.complained.trim().split('\n').at(-1)!
    throw new Fault('file-unreadable', 'not-done', { file: target, text })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
