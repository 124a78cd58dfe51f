import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { clockSynchronised, freeMib, swapMib, virtualisation } from '../../../src/drivers/host/machine.ts'
import { processesOf } from '../../../src/drivers/host/processes.ts'
import { unitEnabled } from '../../../src/drivers/host/units.ts'

/** A folder with these files; a text that begins with `->` is a link. */
function tree(t: TestContext, files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'vigia-host-'))
  t.after(() => rmSync(root, { recursive: true, force: true }))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    if (text.startsWith('->')) symlinkSync(text.slice(2), join(root, path))
    else writeFileSync(join(root, path), text, { mode: 0o755 })
  }
  return root
}

test('a unit is enabled by a link; without systemd nobody can say', (t) => {
  const root = tree(t, {
    'run/systemd/system/x': '',
    'usr/lib/systemd/system/libvirt-guests.service': '',
    'etc/systemd/system/multi-user.target.wants/vigia-guests.service': '',
  })
  assert.equal(unitEnabled('vigia-guests.service', root), true)
  assert.equal(unitEnabled('libvirt-guests.service', root), false)
  assert.equal(unitEnabled('vigia-guests.service', tree(t, {})), null)
})

test('a device without a processor that can is no virtualisation', { skip: process.arch !== 'x64' }, (t) => {
  const root = tree(t, { kvm: '', able: 'flags\t\t: fpu vmx sse\n', unable: 'flags\t\t: fpu vmxnet sse\n' })
  assert.equal(virtualisation(join(root, 'kvm'), join(root, 'able')), 'usable')
  assert.equal(virtualisation(join(root, 'kvm'), join(root, 'unable')), 'kvm-processor')
  assert.equal(virtualisation(join(root, 'none'), join(root, 'able')), 'kvm-absent')
})

test('swap and free space are told in MiB', async (t) => {
  const root = tree(t, { meminfo: 'MemTotal:  1000 kB\nSwapTotal:       2097148 kB\nSwapFree: 0 kB\n', other: '' })
  assert.equal(swapMib(join(root, 'meminfo')), 2047)
  assert.equal(swapMib(join(root, 'other')), null)
  assert.ok((await freeMib(root)) > 0)
  await assert.rejects(freeMib(join(root, 'none')), { code: 'ENOENT' })
})

test('the clock is as systemd says, or not known', async (t) => {
  const root = tree(t, { yes: '#!/bin/sh\necho yes\n', no: '#!/bin/sh\necho no\n', bad: '#!/bin/sh\nexit 1\n' })
  assert.equal(await clockSynchronised(join(root, 'yes')), true)
  assert.equal(await clockSynchronised(join(root, 'no')), false)
  assert.equal(await clockSynchronised(join(root, 'bad')), null)
  assert.equal(await clockSynchronised(join(root, 'none')), null)
})

test('processes are known by their program, those of other hosts left out', (t) => {
  const here = '->net:[1]'
  const root = tree(t, {
    'self/ns/net': here,
    '10/cmdline': 'node\0/usr/lib/vigia/vigiad.js\0--socket\0x',
    '10/ns/net': here,
    '11/cmdline': 'vim\0notes\0vigiad.ts',
    '11/ns/net': here,
    '12/cmdline': '/usr/bin/vigiad\0',
    '12/ns/net': '->net:[2]',
    '13/cmdline': '/usr/bin/vigiad\0',
    '14/ns/net': here,
  })
  assert.deepEqual(processesOf('vigiad', root), [10, 13])
})
