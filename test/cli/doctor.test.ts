import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DoctorCheck } from '../../src/contract/doctor.ts'
import { locales } from '../../src/text/locale.ts'
import { catalogues, createText } from '../../src/text/text.ts'
import { launchedDaemon } from '../api/fake-daemon.ts'
import { served, type } from './terminal.ts'

const found = (id: string, result: DoctorCheck['result'], details: DoctorCheck['details'] = {}): DoctorCheck => ({
  id,
  result,
  subject: null,
  details,
  fault: null,
})

test('checks of the host stand beside those of the daemon; one that fails makes exit code 1', async (t) => {
  const socket = await served(t, launchedDaemon())
  const wishes: { daemonAnswers: boolean }[] = []
  const checks = [found('kvm', 'pass'), found('state', 'warn', { path: '/var/lib/vigia', freeMib: 512 })]
  const hostChecks = async (wish: { daemonAnswers: boolean }) => {
    wishes.push(wish)
    return checks
  }
  const well = await type('doctor', { socket, powers: { hostChecks } })
  assert.equal(well.exitCode, 0)
  assert.match(well.out, /WARN {2}vigiad is version 0\.0\.0-test, this command is version 1\.2\.3\n {6}An upgrade/)
  assert.match(well.out, /PASS {2}guests run on the processor itself/)
  assert.match(well.out, /WARN {2}\/var\/lib\/vigia has only 512 MiB left\n {6}Free some space/)
  checks.push(found('daemons', 'fail', { count: 2, pids: ['7', '9'] }))
  const ill = await type('doctor', { socket, powers: { hostChecks } })
  assert.equal(ill.exitCode, 1)
  assert.match(ill.out, /FAIL {2}2 vigiad run here: processes 7 and 9\n {6}Stop all but one/)
  const alone = await type('doctor -o json', { powers: { hostChecks } })
  assert.equal(alone.exitCode, 69)
  assert.equal((JSON.parse(alone.out) as { checks: DoctorCheck[] }).checks.length, 4)
  assert.deepEqual(
    wishes.map(({ daemonAnswers }) => daemonAnswers),
    [true, true, false],
  )
})

test('what is wrong always comes with what to do, and a check nobody knows is shown by its name', () => {
  for (const locale of locales) {
    const text = createText(locale)
    for (const key of Object.keys(catalogues.en.checks)) {
      const [, id = '', result] = /^(.*)-(pass|warn|fail)$/.exec(key) ?? []
      const { remedy } = text.check(found(id, result as DoctorCheck['result']))
      assert.equal(remedy === null, result === 'pass', `${locale} ${key}`)
    }
    assert.deepEqual(text.check(found('moon', 'warn', { phaseMs: 2_000 })), {
      sentence: 'moon, phase 2 s',
      remedy: null,
    })
  }
})
