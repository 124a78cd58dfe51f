import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { printPdf } from '../../../src/drivers/browser/print-pdf.ts'

test('a page becomes a PDF', { skip: !existsSync('/usr/bin/chromium') }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigia-pdf-'))
  const file = join(folder, 'report.pdf')
  await printPdf('<!doctype html><title>x</title><h1>Drill</h1>', file)
  assert.equal(readFileSync(file, 'latin1').slice(0, 5), '%PDF-')
  rmSync(folder, { recursive: true })
})
