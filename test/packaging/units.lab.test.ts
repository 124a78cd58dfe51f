import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, before, test } from 'node:test'

const root = resolve(import.meta.dirname, '../..')
const packaged = join(root, 'packaging/systemd')
const units = ['vigiad.service', 'vigia-guests.service', 'vigia-etcd.service', 'vigia-watchdog.service']

/** Units as they would be installed, with programs that exist here in the place of the installed ones. */
let staged = ''

before(() => {
  staged = mkdtempSync(join(tmpdir(), 'vigia-units-'))
  cpSync(join(packaged, 'guests-down'), join(staged, 'guests-down'))
  for (const unit of units) {
    const text = readFileSync(join(packaged, unit), 'utf8')
      .replace('/usr/bin/vigiad', join(root, 'bin/vigiad'))
      .replace('/usr/bin/etcd', process.execPath)
      .replace('/usr/libexec/vigia/guests-down', join(staged, 'guests-down'))
      .replace('/usr/libexec/vigia/watchdog-feeder', join(root, 'src/drivers/watchdog/feeder.pl'))
    writeFileSync(join(staged, unit), text)
  }
})

after(() => rmSync(staged, { recursive: true }))

/** Fails, and names the Debian package, where the tool is absent: a check that did not run is no check. */
function systemd(tool: string, args: readonly string[], packageName: string, env: Record<string, string> = {}) {
  const run = spawnSync(tool, args, { encoding: 'utf8', timeout: 240_000, env: { ...process.env, ...env } })
  const missing = run.error as NodeJS.ErrnoException | undefined
  assert.notEqual(missing?.code, 'ENOENT', `${tool} is missing: install the package ${packageName}`)
  assert.equal(missing, undefined)
  return { status: run.status, output: `${run.stdout}${run.stderr}` }
}

for (const unit of units) {
  test(`systemd-analyze verify has nothing to say about ${unit}`, () => {
    const { status, output } = systemd(
      'systemd-analyze',
      ['verify', '--man=no', '--recursive-errors=no', join(staged, unit)],
      'systemd',
      { SYSTEMD_UNIT_PATH: `${staged}:` },
    )
    assert.equal(output, '')
    assert.equal(status, 0)
  })
}

test('the daemon is held to what it needs of the system', () => {
  const { output } = systemd(
    'systemd-analyze',
    ['security', '--offline=true', '--no-pager', join(staged, 'vigiad.service')],
    'systemd',
    { SYSTEMD_UNIT_PATH: `${staged}:` },
  )
  const exposure = Number(/exposure level for vigiad\.service: ([\d.]+)/.exec(output)?.[1])
  assert.ok(exposure < 5, `exposure ${exposure} of 10:\n${output}`)
})

test('the feeder of the watchdog is held to a device and a socket', () => {
  const { output } = systemd(
    'systemd-analyze',
    ['security', '--offline=true', '--no-pager', join(staged, 'vigia-watchdog.service')],
    'systemd',
    { SYSTEMD_UNIT_PATH: `${staged}:` },
  )
  const exposure = Number(/exposure level for vigia-watchdog\.service: ([\d.]+)/.exec(output)?.[1])
  assert.ok(exposure < 4, `exposure ${exposure} of 10:\n${output}`)
})

test('users and folders are declared in a way that systemd understands', () => {
  const fakeRoot = mkdtempSync(join(tmpdir(), 'vigia-root-'))
  mkdirSync(join(fakeRoot, 'etc'))
  try {
    const users = systemd('systemd-sysusers', [`--root=${fakeRoot}`, join(packaged, 'vigia.sysusers')], 'systemd')
    assert.equal(users.status, 0, users.output)
    assert.match(readFileSync(join(fakeRoot, 'etc/group'), 'utf8'), /^vigia:/m)
    const folders = systemd(
      'systemd-tmpfiles',
      [`--root=${fakeRoot}`, '--create', join(packaged, 'vigia.tmpfiles')],
      'systemd',
    )
    assert.equal(folders.status, 0, folders.output)
  } finally {
    rmSync(fakeRoot, { recursive: true })
  }
})

/** A folder with programs of these names that print their name and arguments. */
function withPrograms(programs: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'vigia-programs-'))
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`)
    chmodSync(join(folder, name), 0o755)
  }
  return folder
}

for (const [state, expected] of [
  ['running', 'the host is not shutting down: guests stay as they are\n'],
  ['degraded', 'the host is not shutting down: guests stay as they are\n'],
  ['stopping', 'vigia shutdown --until-boot --yes --timeout 15min\n'],
] as const) {
  test(`guests go down only with the host: while the system is ${state}`, () => {
    const folder = withPrograms({ systemctl: `echo ${state}`, vigia: 'echo vigia "$@"' })
    try {
      const run = spawnSync(join(packaged, 'guests-down'), [], {
        encoding: 'utf8',
        env: { PATH: `${folder}:/usr/bin:/bin` },
      })
      assert.equal(run.stdout, expected)
      assert.equal(run.status, 0)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
}
