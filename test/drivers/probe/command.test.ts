import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { createProber } from '../../../src/drivers/probe/prober.ts'
import { Fault } from '../../../src/model/fault.ts'
import { until } from '../../until.ts'
import { passed, patientMs, realClock, sure, targetOf, testProber } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'vigia-probe-'))
after(() => rmSync(folder, { recursive: true }))

const run = (command: readonly string[], timeoutMs = patientMs) =>
  testProber().ask(targetOf(8080, { kind: 'command', command }), timeoutMs)
const shell = (script: string, timeoutMs?: number) => run(['/bin/sh', '-c', script], timeoutMs)

test('exit code 0 is an answer, another is a no with what the program said', async () => {
  assert.equal((await run(['true'])).kind, 'answered')
  assert.deepEqual(await shell('echo disk is full >&2; exit 3'), {
    kind: 'refused',
    detail: 'exit code 3: disk is full',
  })
  assert.deepEqual(await shell('kill -TERM $$'), { kind: 'refused', detail: 'killed by SIGTERM' })
})

test('arguments are passed as they are, without a shell', async () => {
  assert.equal((await run(['test', '$(id) ; *', '=', '$(id) ; *'])).kind, 'answered')
})

test('the target is told in the environment, and nothing else of ours is', async () => {
  const script =
    '[ "$VIGIA_ADDRESS:$VIGIA_PORT:$VIGIA_PROTOCOL" = 127.0.0.1:8080:tcp ] && [ -z "$HOME" ] && [ "$PWD" = / ]'
  assert.equal((await shell(script)).kind, 'answered')
})

test('a program that is missing or not executable is impossible and no verdict', async () => {
  const plain = join(folder, 'plain')
  writeFileSync(plain, 'echo')
  chmodSync(plain, 0o600)
  for (const command of [
    ['/no/such/program'],
    ['no-such-program'],
    [plain],
    [folder],
    [],
    ['a\0b'],
    ['true', 'a\0b'],
  ]) {
    assert.equal((await run(command)).kind, 'impossible', String(command))
  }
})

test('at the timeout it is killed with its children', async () => {
  let [mark, tries] = ['', 0]
  const outcome = await sure(() => {
    mark = join(folder, `mark-${tries++}`)
    return shell(`(sleep 1.5; touch ${mark}) & sleep 5`, 120)
  })
  assert.equal(outcome.kind, 'silent')
  await passed(1_900)
  assert.equal(existsSync(mark), false)
})

test('a child that keeps the output open does not keep the verdict', async () => {
  const before = performance.now()
  assert.equal((await shell('sleep 5 & exit 4')).kind, 'refused')
  assert.ok(performance.now() - before < 4_500)
})

test('a program that writes without end is bounded and killed', async () => {
  assert.ok(['silent', 'refused'].includes((await sure(() => run(['yes'], 200))).kind))
})

test('waiting runs one at a time', async () => {
  const prober = testProber()
  const log = join(folder, 'runs')
  const script = `echo start >> ${log}; sleep 0.3; echo end >> ${log}; exit 1`
  prober.untilAnswered(targetOf(null, { kind: 'command', command: ['/bin/sh', '-c', script] }), () => assert.fail())
  await until(() => existsSync(log) && readFileSync(log, 'utf8').includes('end\nstart'), 'a second run')
  await passed(200)
  await prober.close()
  assert.doesNotMatch(readFileSync(log, 'utf8'), /start\nstart/)
})

test('the guest agent: there, not there, not to be asked, hanging', async () => {
  let pings = 0
  const ask = (ping: () => Promise<boolean>, domain: string | null = 'g1') => {
    const pingAgent = () => {
      pings += 1
      return ping()
    }
    const prober = createProber({ clock: realClock, pingAgent, resolve: async () => [] })
    const target = { ...targetOf(null, { kind: 'agent' }), domain }
    return Promise.all([prober.ask(target, 80), prober.ask(target, 80)]).then(([first]) => first)
  }
  assert.equal((await ask(async () => true)).kind, 'answered')
  assert.equal(pings, 1, 'asked once for both')
  assert.equal((await sure(() => ask(async () => false))).kind, 'silent')
  assert.equal((await ask(async () => true, null)).kind, 'impossible')
  const lost = await ask(() => Promise.reject(new Fault('hypervisor-lost', 'not-done')))
  assert.ok(lost.kind === 'impossible' && lost.fault.code === 'hypervisor-lost')
  assert.equal((await sure(() => ask(() => new Promise(() => undefined)))).kind, 'silent')
})
