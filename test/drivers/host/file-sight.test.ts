import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { isMark, lookAtFile, markFolders } from '../../../src/drivers/host/file-sight.ts'
import { isVirtual } from '../../../src/drivers/host/machine.ts'
import { folderOf } from '../ca/parts.ts'

const mark = 'aaaa-bbbb'

test('a mark is seen by whoever sees the same folder, by whatever path, and goes again', async (t) => {
  const [here, other, linked] = [folderOf(t), folderOf(t), join(folderOf(t), 'vm')]
  for (const folder of [here, other]) writeFileSync(join(folder, 'disk'), 'x')
  symlinkSync(here, linked)
  const { marked, remove } = await markFolders([join(here, 'disk'), join(here, 'none'), here], mark)
  assert.deepEqual(marked, [join(here, 'disk')])
  assert.equal((await lookAtFile(join(linked, 'disk'), mark)).marked, true)
  assert.equal((await lookAtFile(join(other, 'disk'), mark)).marked, false)
  assert.equal((await lookAtFile(join(here, 'disk'), null)).marked, null)
  assert.equal((await lookAtFile(join(here, 'none'), mark)).kind, 'missing')
  assert.equal((await lookAtFile(here, mark)).kind, 'other')
  await remove()
  assert.deepEqual(readdirSync(here), ['disk'])
  assert.equal((await lookAtFile(join(here, 'disk'), mark)).marked, false)
})

test('what a daemon that died left there is taken away by the next', async (t) => {
  const here = folderOf(t)
  writeFileSync(join(here, 'disk'), 'x')
  for (const name of ['.vigia-shared-old', '.vigia-shared-new']) writeFileSync(join(here, name), '')
  utimesSync(join(here, '.vigia-shared-old'), 1, 1)
  const { remove } = await markFolders([join(here, 'disk')], mark)
  await remove()
  assert.deepEqual(readdirSync(here).sort(), ['.vigia-shared-new', 'disk'])
})

test('what would leave the folder is no mark', () => {
  for (const text of ['../../x', 'a', 'a/b/c/d/e/f', '', 7, null, `${'a'.repeat(65)}`])
    assert.equal(isMark(text), false)
  assert.ok(isMark(mark))
})

test('a virtual host is told from a machine', (t) => {
  const root = folderOf(t)
  const processors = (flags: string): string => {
    const path = join(root, 'cpuinfo')
    writeFileSync(path, `processor\t: 0\nflags\t\t: ${flags}\n`)
    return path
  }
  const sys = join(root, 'sys')
  assert.equal(isVirtual(processors('fpu vmx'), sys, root), false)
  assert.equal(isVirtual(processors('fpu hypervisor lahf_lm'), sys, root), true)
  mkdirSync(join(sys, 'class/dmi/id'), { recursive: true })
  writeFileSync(join(sys, 'class/dmi/id/product_name'), 'KVM Virtual Machine\n')
  assert.equal(isVirtual(processors('fpu'), sys, root), true)
  mkdirSync(join(root, 'xen'))
  writeFileSync(join(root, 'xen/capabilities'), 'control_d\n')
  assert.equal(isVirtual(processors('fpu hypervisor'), sys, root), false)
})
