import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const folder = join(import.meta.dirname, '..', '..', 'dist', 'web')

/** What a browser loads before the first page is there: the shell, without the fonts that may come later. */
const shellBudgetBytes = 200_000

interface Built {
  readonly bytes: number
  readonly gz?: number
}

const files = JSON.parse(readFileSync(join(folder, 'files.json'), 'utf8')) as Record<string, Built>
const page = readFileSync(join(folder, 'index.html'), 'utf8')

/** The words of a language that every page needs; those of the reports come with their pages. */
function named(start: string): string[] {
  return Object.keys(files).filter(
    (name) =>
      name.startsWith(`assets/${start}-`) && !name.startsWith(`assets/${start}-reports-`) && name.endsWith('.js'),
  )
}

test('the shell and the larger language take at most 200 kB, compressed', (t) => {
  const shell = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map((match) => match[1]!)
  assert.ok(shell.length > 2)
  const weight = (name: string): number => files[name]!.gz ?? files[name]!.bytes
  const languages = [...named('en'), ...named('pt-br')].map(weight)
  assert.equal(languages.length, 2)
  const sum = shell.reduce((total, name) => total + weight(name), files['index.html']!.gz!) + Math.max(...languages)
  t.diagnostic(`shell: ${sum} bytes gzipped, in ${shell.length} files and one language`)
  assert.ok(sum <= shellBudgetBytes, `${sum} bytes`)
})

test('only the language that is shown is loaded', () => {
  const text = (name: string): string => readFileSync(join(folder, name), 'utf8')
  const [portuguese, english] = [named('pt-br')[0]!, named('en')[0]!]
  assert.ok(text(portuguese).includes('aguarda {needs}') && !text(portuguese).includes('waits for {needs}'))
  assert.ok(text(english).includes('waits for {needs}') && !text(english).includes('aguarda {needs}'))
  for (const name of Object.keys(files).filter((one) => one.endsWith('.js') && one !== portuguese && one !== english)) {
    assert.ok(!text(name).includes('waits for {needs}'), name)
  }
})

test('the page has no script and no style of its own, and asks nobody else', () => {
  assert.doesNotMatch(page, /<script(?![^>]*\bsrc=)/)
  assert.doesNotMatch(page, /<style|style=/)
  const styles = Object.keys(files).filter((name) => name.endsWith('.css'))
  for (const name of styles) assert.doesNotMatch(readFileSync(join(folder, name), 'utf8'), /url\(["']?https?:/)
})
