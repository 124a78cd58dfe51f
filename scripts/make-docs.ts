/**
 * Writes what is generated of the documentation; `--check` writes nothing and exits 1 where a page is stale.
 *
 *   docs/faults.md                         whole, from the catalogue
 *   docs/operating/the-cluster-file.md     its keys and limits, from the tables the parser reads with
 *   docs/operating/*.md                    figures, from docs/measured/*.json
 *   README.md                              its commands, from their registry; figures likewise
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { clusterFileKeys, clusterFileLimits } from './docs/cluster-file-keys.ts'
import { commandTable } from './docs/commands.ts'
import { faultsPage } from './docs/faults-page.ts'
import { withFigures, withGenerated } from './docs/markers.ts'
import { measuredFigures } from './docs/measured.ts'

const root = resolve(import.meta.dirname, '..')

/** Every page with something generated in it, as it should be: path from the root, and text. */
export function generatedPages(): ReadonlyMap<string, string> {
  const read = (path: string): string => readFileSync(join(root, path), 'utf8')
  const clusterFile = 'docs/operating/the-cluster-file.md'
  const figures = measuredFigures(root)
  const others = readdirSync(join(root, 'docs/operating'))
    .map((name) => `docs/operating/${name}`)
    .filter((page) => page.endsWith('.md') && page !== clusterFile)
  return new Map([
    ['docs/faults.md', faultsPage()],
    [
      clusterFile,
      withGenerated(withGenerated(read(clusterFile), 'keys', clusterFileKeys()), 'limits', clusterFileLimits()),
    ],
    ...others.map((page): [string, string] => [page, withFigures(read(page), figures)]),
    ['README.md', withFigures(withGenerated(read('README.md'), 'commands', commandTable()), figures)],
  ])
}

/** Pages that differ from what they should be. */
export function stalePages(): string[] {
  return [...generatedPages()].flatMap(([path, text]) =>
    existsSync(join(root, path)) && readFileSync(join(root, path), 'utf8') === text ? [] : [path],
  )
}

if (import.meta.main) {
  const stale = stalePages()
  if (process.argv.includes('--check')) {
    for (const path of stale) process.stderr.write(`${path} is stale: run "node scripts/make-docs.ts"\n`)
    process.exitCode = stale.length > 0 ? 1 : 0
  } else {
    const pages = generatedPages()
    for (const path of stale) writeFileSync(join(root, path), pages.get(path) ?? '')
    process.stdout.write(stale.length > 0 ? `written: ${stale.join(', ')}\n` : 'nothing has changed\n')
  }
}
