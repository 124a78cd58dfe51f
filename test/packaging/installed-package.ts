import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { must } from '../../lab/run.ts'

const root = resolve(import.meta.dirname, '../..')

/** What the tarball is made from: a copy, so that the checkout's own `dist` stays as it is. */
const SOURCES = [
  'package.json',
  'tsconfig.base.json',
  'tsconfig.build.json',
  'tsconfig.web.json',
  'scripts/web',
  'scripts/env.sh',
  'src',
  'bin',
  'docs',
  'schema',
  'packaging',
  'examples',
]
const DOCUMENTS = ['CHANGELOG.md', 'LICENSE', 'README.md']

/** The compiler and npm on a busy machine. */
const LIMIT_MS = 240_000

/** The tarball that `npm pack` makes of this checkout; made once for the same sources. */
export async function packedTarball(): Promise<string> {
  const kept = join(root, '.cache', 'package', fingerprint())
  const tarball = join(kept, `vigia-${version()}.tgz`)
  if (existsSync(tarball)) return tarball
  const copy = mkdtempSync(join(tmpdir(), 'vigia-pack-'))
  try {
    for (const name of [...SOURCES, ...DOCUMENTS]) {
      if (existsSync(join(root, name))) cpSync(join(root, name), join(copy, name), { recursive: true })
    }
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
    await must('npm', ['pack', '--silent'], { cwd: copy, timeoutMs: LIMIT_MS })
    rmSync(join(root, '.cache', 'package'), { recursive: true, force: true })
    mkdirSync(kept, { recursive: true })
    cpSync(join(copy, `vigia-${version()}.tgz`), `${tarball}.new`)
    renameSync(`${tarball}.new`, tarball)
    return tarball
  } finally {
    rmSync(copy, { recursive: true })
  }
}

/** `npm install -g` of the tarball, below this prefix. */
export async function installedPackage(prefix: string): Promise<void> {
  const tarball = await packedTarball()
  const quiet = ['--silent', '--no-audit', '--no-fund', '--prefer-offline']
  await must('npm', ['install', '-g', '--prefix', prefix, ...quiet, tarball], { timeoutMs: LIMIT_MS })
}

export function version(): string {
  return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version
}

function fingerprint(): string {
  const hash = createHash('sha256')
  for (const name of SOURCES) {
    for (const path of filesBelow(name).sort()) hash.update(path).update(readFileSync(join(root, path)))
  }
  return hash.digest('hex').slice(0, 16)
}

function filesBelow(name: string): string[] {
  const found = readdirSync(root, { withFileTypes: true }).find((entry) => entry.name === name)
  if (found === undefined) return []
  if (found.isFile()) return [name]
  const entries = readdirSync(join(root, name), { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
}
