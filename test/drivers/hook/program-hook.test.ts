import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createProgramHook } from '../../../src/drivers/hook/program-hook.ts'
import { failoverCall, fenceCall, hookConformance } from '../../conformance/hook.ts'
import { until } from '../../until.ts'
import { folderOf } from '../ca/parts.ts'

/** For a shell on a loaded machine; and for one that hangs, so that it is waited for. */
const limitMs = 20_000
const hangingMs = 1_000

const bodies = {
  works: (folder: string) => `cat >> ${folder}/told`,
  fails: () => `cat > /dev/null; echo "no mail today" >&2; exit 3`,
  // Its child holds the outputs open, too, and would outlive it.
  hangs: (folder: string) => `sleep 60 & echo $! > ${folder}/child; sleep 60`,
}

hookConformance('program', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigia-hook-'))
  const program = join(folder, 'hook')
  let hangs = false
  const setMode = async (mode: 'works' | 'fails' | 'hangs' | 'absent'): Promise<void> => {
    hangs = mode === 'hangs'
    rmSync(program, { force: true })
    if (mode !== 'absent') writeFileSync(program, `#!/bin/sh\n${bodies[mode](folder)}\n`, { mode: 0o755 })
  }
  const told = (): string[] => {
    const text = existsSync(join(folder, 'told')) ? readFileSync(join(folder, 'told'), 'utf8') : ''
    return text.split('\n').flatMap((line) => (line === '' ? [] : [(JSON.parse(line) as { id: string }).id]))
  }
  return setMode('works').then(() => ({
    hook: { run: (...call) => createProgramHook({ limitMs: hangs ? hangingMs : limitMs }).run(...call) },
    ...{ program, setMode },
    told: async () => told(),
    settle: (end) => end,
    close: async () => rmSync(folder, { recursive: true, force: true }),
  }))
})

test('the call is JSON on standard input, its gist in arguments and environment', async (t) => {
  const folder = folderOf(t)
  const program = join(folder, 'hook')
  writeFileSync(program, `#!/bin/sh\n{ echo "$@"; env | grep ^VIGIA_ | sort; cat; } > ${folder}/told\n`, {
    mode: 0o755,
  })
  const hook = createProgramHook({ limitMs })
  assert.deepEqual(await hook.run(program, 'office', failoverCall), { kind: 'done' })
  const lines = readFileSync(join(folder, 'told'), 'utf8').trim().split('\n')
  assert.deepEqual(lines.slice(0, -1), [
    'failover web',
    ...['VIGIA_CLUSTER=office', 'VIGIA_EVENT=failover', 'VIGIA_FROM=h2', 'VIGIA_GUEST=web', 'VIGIA_HOST=h1'],
    'VIGIA_ID=failover web h2 7',
  ])
  assert.deepEqual(JSON.parse(lines.at(-1) ?? ''), {
    ...{ schemaVersion: 1, cluster: 'office', event: 'failover', id: 'failover web h2 7' },
    ...{ guest: 'web', from: 'h2', host: 'h1', at: '2026-01-01T00:00:00.000Z' },
  })
})

test('with one that hangs ends what it has started', async (t) => {
  const folder = folderOf(t)
  const program = join(folder, 'hook')
  writeFileSync(program, `#!/bin/sh\n${bodies.hangs(folder)}\n`, { mode: 0o755 })
  let child = 0
  // Given more time where it was ended before its shell came to the child.
  for (const limitMs of [500, 4_000, 20_000]) {
    assert.equal((await createProgramHook({ limitMs }).run(program, 'office', fenceCall)).kind, 'hung')
    if (existsSync(join(folder, 'child'))) child = Number(readFileSync(join(folder, 'child'), 'utf8'))
    if (child > 0) break
  }
  assert.ok(child > 0)
  await until(() => !isRunning(child), 'its child is ended, too')
})

test('what others may write is not run as root', async (t) => {
  const program = join(folderOf(t), 'hook')
  writeFileSync(program, '#!/bin/sh\nexit 0\n')
  chmodSync(program, 0o777)
  const end = await createProgramHook({ limitMs }).run(program, 'office', fenceCall)
  assert.deepEqual(end, { kind: 'absent', text: 'others may write it' })
})

function isRunning(pid: number): boolean {
  try {
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
