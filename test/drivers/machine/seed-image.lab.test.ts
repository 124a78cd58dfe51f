import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { seedImage } from '../../../src/drivers/machine/seed-image.ts'

const folder = mkdtempSync(join(tmpdir(), 'vigia-seed-'))
after(() => rmSync(folder, { recursive: true }))
const path = join(folder, 'seed.iso')
const userData = `#cloud-config\n${'x'.repeat(5_000)}\n`
writeFileSync(
  path,
  seedImage([
    { name: 'user-data', bytes: Buffer.from(userData) },
    { name: 'meta-data', bytes: Buffer.from('instance-id: a\n') },
  ]),
)

test('blkid sees the label that cloud-init looks for', () => {
  const { stdout } = spawnSync('blkid', ['-p', '-o', 'export', path], { encoding: 'utf8' })
  assert.match(stdout, /^TYPE=iso9660$/m)
  assert.match(stdout, /^LABEL=cidata$/im)
})

test('the kernel mounts it and reads the files under their names', (context) => {
  const mountPoint = join(folder, 'mounted')
  mkdirSync(mountPoint)
  const script = 'mount -t iso9660 -o loop,ro "$1" "$2" && ls "$2" && cat "$2/user-data"'
  const { stdout, stderr, status } = spawnSync('unshare', ['-m', 'sh', '-ec', script, 'sh', path, mountPoint], {
    encoding: 'utf8',
  })
  if (stderr.includes('unknown filesystem')) {
    context.diagnostic('this kernel knows no ISO 9660')
    return
  }
  assert.equal(status, 0, stderr)
  assert.equal(stdout, `meta-data\nuser-data\n${userData}`)
})
