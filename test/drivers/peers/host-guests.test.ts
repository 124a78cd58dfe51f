import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Identity } from '../../../src/drivers/ca/certificates.ts'
import {
  guestsOfMember,
  hostGuestsPath,
  hostGuestsRoute,
  linePath,
  lineRoute,
} from '../../../src/drivers/peers/host-guests.ts'
import type { HttpsPeers } from '../../../src/drivers/peers/peers.ts'
import { Fault } from '../../../src/model/fault.ts'
import { wallTime } from '../../../src/model/ids.ts'
import type { Stretch, Subject } from '../../../src/model/metric.ts'
import type { HostGuests, LineWish } from '../../../src/ports/host-guests.ts'
import type { ConsoleLine } from '../../../src/ports/hypervisor.ts'
import { alfa, beta } from '../../conformance/peers.ts'
import { until } from '../../until.ts'
import { type Directory, directory, local, members, openPeers } from './parts.ts'

const stretch: Stretch = { tier: 2, from: 100, count: 24, group: 12 }
const web: Subject = { kind: 'guest', name: 'web' }

/** What a host answers, and what it was asked. */
class PretendGuests implements HostGuests {
  readonly asked: unknown[] = []
  series: readonly (readonly (number | null)[])[] = [[1.5, null]]
  closed = 0

  async figures(subject: Subject, of: Stretch) {
    this.asked.push([subject, of])
    return this.series
  }

  async newest() {
    return { measuredAt: wallTime(5), host: [1, null], guests: {} }
  }

  async definition(domain: string) {
    return domain === 'none' ? null : `<domain><name>${domain}</name></domain>`
  }

  /** Greets, then echoes; `bye` ends it. */
  async openLine(wish: LineWish): Promise<ConsoleLine> {
    if (wish.domain === 'taken' && !wish.force) throw new Fault('domain-refused', 'not-done', { domain: 'taken' })
    const said = new PassThrough()
    said.write(`${wish.kind} of ${wish.domain}\n`)
    return {
      output: said,
      write: async (bytes) => {
        if (String(Buffer.from(bytes)) === 'bye') said.end('gone')
        else if (!said.write(bytes)) await new Promise((resolve) => said.once('drain', resolve))
      },
      close: () => {
        this.closed += 1
        said.destroy()
      },
    }
  }
}

interface Stage {
  readonly of: Directory
  readonly here: PretendGuests
  readonly asker: HttpsPeers
  readonly there: HostGuests
}

/** Beta asks alfa. */
async function stage(t: TestContext, ready = true): Promise<Stage> {
  const of = directory()
  const [first, second] = (await members('alfa', 'beta')).members as [Identity, Identity]
  const here = new PretendGuests()
  const standingOf: Directory['standing'] = (member, hash) => of.standing(member, hash)
  const guests = () => (ready ? here : null)
  const answerer = await openPeers(first, of, {
    routes: new Map([[hostGuestsPath, hostGuestsRoute(guests, { standingOf })]]),
    lines: new Map([[linePath, lineRoute(guests, { standingOf })]]),
  })
  const asker = await openPeers(second, of)
  of.addresses.set(alfa, [local(answerer.port)])
  t.after(async () => {
    await asker.close()
    await answerer.close()
  })
  return { of, here, asker, there: guestsOfMember(asker, alfa) }
}

async function reading(line: ConsoleLine, wanted: string): Promise<void> {
  let text = ''
  const output = line.output[Symbol.asyncIterator]()
  while (!text.includes(wanted)) {
    const { value, done } = await output.next()
    assert.ok(!done, `ended after ${JSON.stringify(text)}`)
    text += String(Buffer.from(value as Uint8Array))
  }
}

test('figures, the newest of them, and a definition come from another member as they are there', async (t) => {
  const { here, there } = await stage(t)
  assert.deepEqual(await there.figures(web, stretch), [[1.5, null]])
  assert.deepEqual(here.asked, [[web, stretch]])
  assert.deepEqual(await there.newest(), { measuredAt: 5, host: [1, null], guests: {} })
  assert.equal(await there.definition('web'), '<domain><name>web</name></domain>')
  assert.equal(await there.definition('none'), null)
})

test('what is no answer to the question is refused, and so is what is no question', async (t) => {
  const { here, there, asker } = await stage(t)
  for (const series of [[[1]], [[1, 'a']], 'no list'] as never[]) {
    here.series = series
    await assert.rejects(there.figures(web, stretch), { code: 'bad-data' })
  }
  const limits = { timeoutMs: 20_000, maxAnswerBytes: 1_024 }
  const bad = [
    { ask: 'figures', subject: 'guest:web', stretch: { ...stretch, count: 1e9 } },
    { ask: 'figures', subject: 'cluster:x', stretch },
    { ask: 'definition', domain: '' },
    { ask: 'definition', domain: 'x'.repeat(300) },
    { ask: 'shutdown', domain: 'web' },
    'no object',
  ]
  for (const question of bad) {
    await assert.rejects(asker.request(alfa, hostGuestsPath, JSON.stringify(question), limits), { code: 'bad-data' })
  }
})

test('a line goes both ways between members, and its end at either side is the end at the other', async (t) => {
  const { here, there } = await stage(t)
  const line = await there.openLine({ domain: 'web', kind: 'vnc', force: false })
  await reading(line, 'vnc of web\n')
  await line.write(Buffer.from('hello'))
  await reading(line, 'hello')
  line.close()
  await until(() => here.closed > 0, 'the line is closed there')
  const other = await there.openLine({ domain: 'web', kind: 'serial', force: false })
  await other.write(Buffer.from('bye'))
  let text = ''
  for await (const bytes of other.output) text += String(Buffer.from(bytes))
  assert.equal(text, 'serial of web\ngone')
})

test('a refusal of the hypervisor there is said here', async (t) => {
  const { there } = await stage(t)
  await assert.rejects(there.openLine({ domain: 'taken', kind: 'serial', force: false }), {
    code: 'domain-refused',
    details: { domain: 'taken', member: alfa },
  })
  const line = await there.openLine({ domain: 'taken', kind: 'serial', force: true })
  await reading(line, 'serial of taken')
  line.close()
})

test('who does not read holds the guest up, and nobody’s memory', async (t) => {
  const { there } = await stage(t)
  const line = await there.openLine({ domain: 'web', kind: 'serial', force: false })
  let written = 0
  const piece = Buffer.alloc(256 * 1024)
  const flood = (async () => {
    for (; written < 400; written += 1) await line.write(piece)
  })()
  flood.catch(() => {})
  await delay(1_000)
  assert.ok(written < 400, `${written / 4} MiB were taken unread`)
  line.close()
})

test('nobody but members is answered, nor before the daemon is ready', async (t) => {
  const { of, there, asker } = await stage(t)
  of.standing = (member) => (member === beta ? 'foreign' : 'unseen')
  await assert.rejects(there.openLine({ domain: 'web', kind: 'vnc', force: false }), { code: 'certificate-refused' })
  await assert.rejects(there.newest(), { code: 'certificate-refused' })
  of.standing = () => 'unseen'
  await assert.rejects(asker.openLine(alfa, '/peers/v1/nothing', 20_000), { code: 'peer-lost' })
  const unready = await stage(t, false)
  await assert.rejects(unready.there.newest(), { code: 'daemon-busy' })
  await assert.rejects(unready.there.openLine({ domain: 'web', kind: 'vnc', force: false }), { code: 'daemon-busy' })
})

test('a member that is not there is lost, in time', async (t) => {
  const { of, there, asker } = await stage(t)
  of.addresses.set(alfa, [])
  await assert.rejects(there.openLine({ domain: 'web', kind: 'vnc', force: false }), { code: 'peer-lost' })
  of.addresses.set(alfa, [local(1)])
  await assert.rejects(there.openLine({ domain: 'web', kind: 'vnc', force: false }), { code: 'peer-lost' })
  await asker.close()
  await assert.rejects(there.openLine({ domain: 'web', kind: 'vnc', force: false }), { code: 'peer-lost' })
})
