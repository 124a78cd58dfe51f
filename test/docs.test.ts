import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { test } from 'node:test'
import { withFigures, withGenerated } from '../scripts/docs/markers.ts'
import { stalePages } from '../scripts/make-docs.ts'
import { faultCodes } from '../src/model/fault.ts'
import { parseClusterFile } from '../src/model/file/parse-cluster-file.ts'

const root = resolve(import.meta.dirname, '..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

const pages = [
  'README.md',
  'CHANGELOG.md',
  'packaging/README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => `docs/${path}`),
]

test('generated pages are as the source says: run "node scripts/make-docs.ts"', () => {
  assert.deepEqual(stalePages(), [])
})

test('every link between pages leads somewhere', () => {
  const broken = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)]
      .map((match) => match[1] ?? '')
      .filter((target) => !existsSync(join(root, dirname(page), target)))
      .map((target) => `${page}: ${target}`),
  )
  assert.deepEqual(broken, [])
})

test('every cluster file in the pages is accepted', () => {
  const files = pages.flatMap((page) =>
    [...read(page).matchAll(/```yaml\n(version:[\s\S]*?)```/g)].map((match) => ({ page, text: match[1] ?? '' })),
  )
  assert.ok(files.length >= 3)
  for (const { page, text } of files) {
    const result = parseClusterFile({ path: page, text, readFile: () => ({ reason: 'ENOENT' }) })
    assert.deepEqual(result.ok ? [] : result.problems, [], page)
  }
})

test('every dependency has its line of reason, and no line outlives its dependency', () => {
  const manifest: Record<string, Record<string, string> | undefined> = JSON.parse(read('package.json'))
  const wanted = ['dependencies', 'optionalDependencies', 'devDependencies'].flatMap((kind) =>
    Object.keys(manifest[kind] ?? {}),
  )
  const [packages = ''] = read('docs/dependencies.md').split('## On the machine')
  const listed = [...packages.matchAll(/^\| (`[^|]+`) \|/gm)].flatMap((row) =>
    [...(row[1] ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ''),
  )
  assert.deepEqual(listed.sort(), wanted.sort())
})

test('every decision has its status', () => {
  for (const name of readdirSync(join(root, 'docs/decisions'))) {
    assert.match(name, /^\d{4}-[a-z0-9-]+\.md$/)
    assert.match(read(`docs/decisions/${name}`), /^# \d+\. .+\n\nStatus: (proposed|accepted|superseded by \d+)$/m, name)
  }
})

test('every fault has its section', () => {
  const page = read('docs/faults.md')
  for (const code of faultCodes) assert.match(page, new RegExp(`^## ${code}$`, 'm'))
})

test('a figure is what was measured, or says that it was not', () => {
  const page = 'takes <!-- figure:a.b -->9 s<!-- /figure -->, <!-- figure:c -->8 s<!-- /figure -->'
  const expected = 'takes <!-- figure:a.b -->1.5 s<!-- /figure -->, <!-- figure:c -->not measured yet<!-- /figure -->'
  assert.equal(withFigures(page, new Map([['a.b', '1.5 s']])), expected)
})

test('what is generated replaces only what stands between its markers', () => {
  const page = 'a\n<!-- generated:x -->\nold\n<!-- /generated -->\nb'
  assert.equal(withGenerated(page, 'x', 'new'), 'a\n<!-- generated:x -->\n\nnew\n\n<!-- /generated -->\nb')
  assert.throws(() => withGenerated('nothing', 'x', 'new'), /no beginning/)
})
