import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { test } from 'node:test'

const root = resolve(import.meta.dirname, '..')

/** Which room may import which, as docs/architecture.md draws it. Its own files are always allowed. */
const allowed: Record<string, readonly string[]> = {
  'src/model': [],
  'src/core': ['src/model'],
  'src/ports': ['src/model'],
  'src/drivers': ['src/ports', 'src/model'],
  'src/control': ['src/core', 'src/ports', 'src/model'],
  'src/agent': ['src/core', 'src/ports', 'src/model'],
  'src/contract': ['src/model'],
  'src/text': ['src/model'],
  'src/api': ['src/core', 'src/ports', 'src/contract', 'src/text', 'src/model'],
  'src/client': ['src/contract', 'src/model'],
  'src/cli': ['src/client', 'src/core', 'src/text', 'src/contract', 'src/model'],
  'src/web': ['src/client', 'src/text', 'src/contract', 'src/model'],
  'src/sim': ['src/control', 'src/agent', 'src/core', 'src/ports', 'src/model'],
  lab: ['src/client', 'src/contract', 'src/model'],
  bench: ['src/client', 'src/contract', 'src/model', 'lab'],
}

/** Rooms that decide: no Node, no clock, no dice. */
const pure = ['src/model', 'src/core']

const impure =
  /\b(Date\.now|new Date\(\s*\)|Math\.random|performance\.now|setTimeout|setInterval|queueMicrotask|process\.|console\.\w+\(|globalThis|fetch\()|^import .*'node:|\bawait\b/m

function sources(folder: string): string[] {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
}

function roomOf(path: string): string {
  return path.startsWith('src/') ? path.split('/').slice(0, 2).join('/') : (path.split('/')[0] ?? '')
}

function importsOf(path: string): string[] {
  const text = readFileSync(join(root, path), 'utf8')
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) =>
    relative(root, resolve(root, dirname(path), match[1] ?? '')),
  )
}

test('each room imports only the rooms it may', () => {
  const broken = Object.entries(allowed).flatMap(([room, may]) =>
    sources(room).flatMap((path) =>
      importsOf(path)
        .filter((target) => roomOf(target) !== room && !may.includes(roomOf(target)))
        .map((target) => `${path} imports ${target}: ${room} may import ${may.join(', ') || 'nothing'}`),
    ),
  )
  assert.deepEqual(broken, [])
})

test('only src/bin reads argv and environment', () => {
  const broken = sources('src')
    .filter((path) => roomOf(path) !== 'src/bin')
    .filter((path) => /process\.(argv|env)\b/.test(readFileSync(join(root, path), 'utf8')))
  assert.deepEqual(broken, [])
})

test('model and core decide from their arguments only', () => {
  const broken = pure.flatMap(sources).flatMap((path) => {
    const code = readFileSync(join(root, path), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
    const found = impure.exec(code)
    return found ? [`${path}: ${found[0]}`] : []
  })
  assert.deepEqual(broken, [])
})
