import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { extname, join, relative } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const root = join(import.meta.dirname, '..', '..')
const outDir = join(root, 'dist', 'web')

/** Kinds of files that get smaller by compression; fonts and images are compressed already. */
const compressible = ['.html', '.js', '.css', '.svg', '.json']

/** PatternFly brings six themes; two are shown. The rest is a third of its style. */
function trimThemes(): Plugin {
  return {
    name: 'trim-themes',
    enforce: 'pre',
    transform(code, id) {
      if (!id.split('?')[0]?.endsWith('/react-core/dist/styles/base.css')) return null
      const unused = /:root:where\([^)]*\.pf-v6-theme-(?:felt|glass|high-contrast)[^)]*\)\s*\{[^}]*\}/g
      // Icons are drawn as SVG, italics and the wide display face are not used: nothing of them is shipped.
      const faces = /@font-face\s*\{[^}]*(?:pficon|Italic|RedHatDisplay)[^}]*\}/g
      const pictures = /--pf-t--global--background--image[^;]*url\([^;]*;/g
      return { code: code.replaceAll(unused, '').replaceAll(faces, '').replaceAll(pictures, ''), map: null }
    },
  }
}

/** Beside each file its compressed forms, and `files.json`: all that vigiad serves, with the tag of each. */
function listFiles(): Plugin {
  return {
    name: 'list-files',
    apply: 'build',
    closeBundle() {
      const files = readdirSync(outDir, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => relative(outDir, join(entry.parentPath, entry.name)))
        .sort()
      writeFileSync(
        join(outDir, 'files.json'),
        `${JSON.stringify(Object.fromEntries(files.map(described)), null, 1)}\n`,
      )
    },
  }
}

function described(name: string): [string, object] {
  const bytes = readFileSync(join(outDir, name))
  const sizes: Record<string, number> = {}
  if (compressible.includes(extname(name))) {
    const forms = {
      br: brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }),
      gz: gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION }),
    }
    for (const [kind, form] of Object.entries(forms)) {
      writeFileSync(join(outDir, `${name}.${kind}`), form)
      sizes[kind] = form.length
    }
  }
  return [
    name,
    { bytes: bytes.length, tag: createHash('sha256').update(bytes).digest('base64url').slice(0, 22), ...sizes },
  ]
}

/** What every page needs in one file, what the first page needs in another: a browser asks for six at a time, and each small one waits its turn. */
const files = [
  {
    name: 'shell',
    priority: 2,
    test: /\/src\/(?:client|model)\/|\/src\/web\/(?:main|app|state|api)\b|\/web\/parts\/(?:link|look|look-icon|task-line|fault-note|use-asked|page-head)\.tsx?$/,
  },
  {
    name: 'home',
    priority: 1,
    test: /\/src\/web\/(?:now|actions)\/|\/web\/parts\/(?:command|data-table|guest-table|need-list|service-list|why)\.tsx?$/,
  },
] as const

export default defineConfig({
  root: join(root, 'src', 'web'),
  base: '/',
  cacheDir: join(root, '.cache', 'vite'),
  plugins: [trimThemes(), react(), listFiles()],
  build: {
    outDir,
    emptyOutDir: true,
    // The policy of the page allows no data: URL.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    target: 'es2023',
    chunkSizeWarningLimit: 1000,
    rolldownOptions: { output: { codeSplitting: { groups: [...files] } } },
  },
})
