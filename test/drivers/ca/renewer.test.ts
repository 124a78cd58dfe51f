import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { readCertificate } from '../../../src/drivers/ca/certificates.ts'
import { IdentityFolder } from '../../../src/drivers/ca/identity-folder.ts'
import { renewalVerdict } from '../../../src/drivers/ca/renewal.ts'
import { Renewer, signItself } from '../../../src/drivers/ca/renewer.ts'
import { hostId, instant, wallTime } from '../../../src/model/ids.ts'
import type { Clock } from '../../../src/ports/clock.ts'
import { silentLog } from '../../../src/ports/log.ts'
import { day, folderOf, now } from './parts.ts'

/** A clock that is set by hand; its timers go off when told. */
class HandClock implements Clock {
  at = now
  #due: { readonly at: number; readonly run: () => void } | null = null

  now = () => instant(this.at)
  wall = () => this.at

  after(delayMs: number, run: () => void): () => void {
    this.#due = { at: this.at + delayMs, run }
    return () => {
      this.#due = null
    }
  }

  /** To the next timer, whose work is waited for; says how far it was. */
  async tick(jumpMs?: number): Promise<number> {
    const due = this.#due
    assert.ok(due)
    const waitedMs = due.at - this.at
    this.at = wallTime(this.at + (jumpMs ?? waitedMs))
    this.#due = null
    due.run()
    for (let turn = 0; turn < 6_000 && this.#due === null; turn++) await delay(5)
    return waitedMs
  }
}

const names = { member: hostId('alfa'), addresses: ['192.0.2.1'] }

async function member(t: Parameters<typeof folderOf>[0], fails: { now: boolean } = { now: false }) {
  const clock = new HandClock()
  const folder = new IdentityFolder(folderOf(t))
  const identity = await folder.found('test', names, now)
  const authority = { certificate: identity.authority, key: readFileSync(join(folder.path, 'authority.key'), 'utf8') }
  const sign = signItself(authority, clock, names.addresses)
  const said: string[] = []
  const say = (message: string): void => void said.push(message)
  const renewer = new Renewer({
    ...{ folder, identity, clock },
    log: { ...silentLog, info: say, warn: say },
    renew: (old) => (fails.now ? Promise.reject(new Error('no')) : sign(old)),
  })
  t.after(() => renewer.stop())
  return { clock, folder, renewer, said }
}

test('a year without anybody: the certificate is never late, and what is told is on disk', async (t) => {
  const { clock, folder, renewer, said } = await member(t)
  let told = 0
  renewer.onRenewed(() => told++)
  await clock.tick()
  for (let days = 0; days < 365; days++) {
    await clock.tick(day)
    const verdict = renewalVerdict(readCertificate(renewer.identity.certificate), clock.at)
    assert.equal(verdict.kind, 'good', `day ${days}`)
  }
  assert.ok(told > 20 && told < 30, String(told))
  assert.equal(said.length, told)
  const state = await folder.load()
  assert.ok(state.kind === 'member' && state.identity.certificate === renewer.identity.certificate)
})

test('a clock that jumps far ahead and back again leaves a member that is in date', async (t) => {
  const { clock, renewer, said } = await member(t)
  await clock.tick()
  for (const jump of [3_000 * day, -3_000 * day]) {
    await clock.tick(jump)
    assert.equal(renewalVerdict(readCertificate(renewer.identity.certificate), clock.at).kind, 'good')
  }
  assert.equal(said.filter((message) => message.includes('out of its dates')).length, 2)
})

test('a try that failed is repeated soon, and the old certificate stays', async (t) => {
  const fails = { now: true }
  const { clock, renewer } = await member(t, fails)
  const before = renewer.identity
  await clock.tick(17 * day)
  assert.equal(renewer.identity, before)
  fails.now = false
  assert.equal(await clock.tick(), 60_000)
  assert.notEqual(renewer.identity, before)
  assert.equal(await clock.tick(), 3_600_000)
})
