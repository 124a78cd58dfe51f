import assert from 'node:assert/strict'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { must, type Ran, run } from '../../lab/run.ts'
import { installedPackage, packedTarball, version } from './installed-package.ts'

const folder = mkdtempSync(join(tmpdir(), 'vigia-installed-'))
const prefix = join(folder, 'usr/local')
const installed = join(prefix, 'lib/node_modules/vigia')

/** A `node` of the system that must never be what runs. */
const wrongNode = join(folder, 'wrong')

before(async () => {
  await installedPackage(prefix)
  mkdirSync(wrongNode)
  writeFileSync(join(wrongNode, 'node'), '#!/bin/sh\necho wrong node\nexit 1\n')
  chmodSync(join(wrongNode, 'node'), 0o755)
})

after(() => rmSync(folder, { recursive: true }))

function started(program: 'vigia' | 'vigiad', ...args: string[]): Promise<Ran> {
  const env = { PATH: `${wrongNode}:/usr/bin:/bin`, LANG: 'C.UTF-8', HOME: folder }
  return run(join(prefix, 'bin', program), args, { env, cwd: '/' })
}

test('the tarball holds what runs and what explains it, and no source', async () => {
  const listed = (await must('tar', ['-tzf', await packedTarball()])).split('\n')
  const has = (path: string): boolean => listed.includes(`package/${path}`)
  const wanted = [
    ...['bin/vigia', 'bin/vigiad', 'bin/start.sh', 'dist/bin/vigia.js', 'dist/bin/vigiad.js', 'dist/share/vigia.1'],
    ...['dist/drivers/watchdog/feeder.pl', 'packaging/systemd/vigia-watchdog.service'],
    ...['packaging/install', 'packaging/systemd/vigiad.service', 'examples/minimal.yaml', 'schema/vigia-1.schema.json'],
    ...['docs/operating/install.md', 'LICENSE', 'README.md'],
  ]
  assert.deepEqual(
    wanted.filter((path) => !has(path)),
    [],
  )
  assert.deepEqual(
    listed.filter((path) => /^package\/(src|test|lab|bench|scripts|node_modules)\//.test(path)),
    [],
  )
})

for (const program of ['vigia', 'vigiad'] as const) {
  test(`${program} runs in the Node that came with the package`, async () => {
    const { status, stdout, stderr } = await started(program, '--version')
    assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: `${program} ${version()}\n`, stderr: '' })
  })
}

test('vigiad explains itself', async () => {
  const { status, stdout } = await started('vigiad', '--help')
  assert.equal(status, 0)
  assert.match(stdout, /--state-dir DIR/)
})

/** Examples that are no cluster files. */
const plans = /^(isp|tco.*)\.yaml$/

test('every example that came with it is good', async () => {
  for (const name of readdirSync(join(installed, 'examples'))) {
    const command = plans.test(name) ? 'plan' : 'check'
    const { status, stdout, stderr } = await started('vigia', command, join(installed, 'examples', name))
    assert.equal(status, 0, `${name}: ${stdout}${stderr}`)
  }
})

test('the manual page is where man looks', () => {
  assert.match(readFileSync(join(prefix, 'share/man/man1/vigia.1'), 'utf8'), /^\.TH VIGIA 1/)
})

test('without its Node it says what to do', async () => {
  const elsewhere = join(folder, 'elsewhere')
  mkdirSync(elsewhere)
  await must('cp', ['-r', join(installed, 'bin'), elsewhere])
  const { status, stderr } = await run(join(elsewhere, 'bin/vigia'), ['--version'], {
    env: { PATH: `${wrongNode}:/usr/bin:/bin` },
  })
  assert.equal(status, 78)
  assert.match(stderr, /vigia: Node 24 or later is needed/)
})

test('its files are put where the system looks for them, with this installation’s paths, and taken away again', async (t) => {
  if (process.getuid?.() !== 0) return t.skip('needs root')
  const install = join(installed, 'packaging/install')
  mkdirSync(join(folder, 'etc'), { recursive: true })
  await must(install, ['--destdir', folder])
  writeFileSync(join(folder, 'etc/default/vigia'), 'VIGIA_LOG_LEVEL=warn\n')
  await must(install, ['--destdir', folder])
  const unit = readFileSync(join(folder, 'etc/systemd/system/vigiad.service'), 'utf8')
  assert.match(unit, /^ExecStart=\/usr\/local\/bin\/vigiad$/m)
  const guests = readFileSync(join(folder, 'etc/systemd/system/vigia-guests.service'), 'utf8')
  const program = /^ExecStop=(.+)$/m.exec(guests)?.[1] ?? ''
  assert.ok(lstatSync(join(folder, program)).mode & 0o100, program)
  const watchdog = readFileSync(join(folder, 'etc/systemd/system/vigia-watchdog.service'), 'utf8')
  const feeder = /^ExecStart=\/usr\/bin\/perl (\S+)/m.exec(watchdog)?.[1] ?? ''
  assert.ok(existsSync(join(folder, feeder)), feeder)
  assert.match(readFileSync(join(folder, 'etc/group'), 'utf8'), /^vigia:/m)
  assert.equal(readFileSync(join(folder, 'etc/default/vigia'), 'utf8'), 'VIGIA_LOG_LEVEL=warn\n')
  assert.match(readFileSync(join(prefix, 'share/bash-completion/completions/vigia'), 'utf8'), /complete .*vigia/)
  await must(install, ['--destdir', folder, '--remove'])
  assert.ok(!existsSync(join(folder, 'etc/systemd/system/vigiad.service')))
  assert.ok(existsSync(join(folder, 'etc/default/vigia')))
})
