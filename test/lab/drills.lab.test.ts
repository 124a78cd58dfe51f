import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { HostBoots } from '../../lab/boots.ts'
import { LabCluster, type LabMember } from '../../lab/cluster.ts'
import { CONTROL_PORT } from '../../lab/control.ts'
import { goFirst } from '../../lab/priority.ts'
import { whereGuestsRun } from '../../lab/qemu.ts'
import { eventually, until } from '../../lab/run.ts'

const web = { name: 'web', address: '10.77.0.101', services: ['80/http'], needs: [] }

/** Of a guest under emulation, on a machine with other work. */
const limitMs = 180_000

/** What the guest's own control port is told, as a program of the cluster file would tell a service manager. */
function control(word: string): string[] {
  return ['/bin/bash', '-c', `exec 3<>/dev/tcp/${web.address}/${CONTROL_PORT}; echo ${word} 80/tcp >&3; read -t 5 <&3`]
}

const drills = JSON.stringify({
  production: false,
  failures: [{ guest: 'web', service: '80/tcp', break: control('close'), mend: control('open') }],
})

interface Report {
  readonly stopped: { readonly code: string } | null
  readonly restore: { readonly kind: string }
  readonly runs: readonly { readonly during: string; readonly covered: boolean; readonly outcome: Outcome }[]
}
type Outcome = Readonly<Record<string, number>> & { readonly kind: string; readonly broken: boolean | number }

describe('drills on real guests', { timeout: 590_000 }, () => {
  let cluster: LabCluster
  let boots: HostBoots
  let first: LabMember

  before(async () => {
    goFirst()
    cluster = await LabCluster.start({ id: `drl${process.pid.toString(36)}` })
    await cluster.found()
    first = cluster.members[0]!
    boots = new HostBoots(cluster)
    const rules = '[{ kind: hosts, guests: [web], hosts: { h2: 1, h3: 1 }, strict: true }]'
    const file = join(cluster.lab.sharedFolder, 'vigia.yaml')
    writeFileSync(file, cluster.file([web], { rules, drills }))
    await cluster.must(first, ['apply', file])
    const launched = await cluster.vigia(first, ['launch', '--timeout', '3min'], { timeoutMs: 2 * limitMs })
    assert.equal(launched.status, 0, `${launched.stderr}\n${cluster.lastWords()}`)
  })
  after(async () => {
    try {
      await boots?.stop()
    } finally {
      await cluster?.stop()
    }
  })

  const placesOf = (): readonly string[] => whereGuestsRun(cluster.lab.hosts).get('web') ?? []

  /** All members online, the guest ready: a drill on anything else is refused, or ends at once. */
  async function allWell(): Promise<void> {
    let seen = ''
    await eventually('all is well', limitMs, async () => {
      const { guests, hosts } = await first.client.status()
      seen = JSON.stringify([guests.map(({ phase }) => phase), hosts.map(({ id, member }) => [id, member?.standing])])
      const online = hosts.length === 3 && hosts.every(({ member }) => member?.standing === 'online')
      return online && guests[0]?.phase.kind === 'ready' && placesOf().length === 1
    }).catch((error: unknown) => assert.fail(`${String(error)}\n${seen}\n${cluster.lastWords()}`))
  }

  async function drill(...words: string[]): Promise<Report> {
    await allWell()
    const home = placesOf()
    const all = ['drill', 'run', 'web', '-o', 'json', ...words]
    const { status, stdout, stderr } = await cluster.vigia(first, all, { timeoutMs: 3 * limitMs })
    assert.equal(status, 0, `${stderr}\n${stdout.slice(0, 2_000)}\n${cluster.lastWords()}`)
    const report = JSON.parse(stdout) as Report
    assert.deepEqual([report.stopped, report.restore], [null, { kind: 'restored' }], cluster.lastWords())
    await until('the guest is where it was', limitMs, () => placesOf().join() === home.join())
    return report
  }
  const outcomeOf = ({ runs }: Report, during: string): Outcome => runs.find((run) => run.during === during)!.outcome

  test('downtime: nothing, a live migration, a cold move, a failing service', async () => {
    const report = await drill(
      ...['--during', 'nothing,live-migration,cold-move,service-failure', '--runs', '1', '--interval', '200ms'],
      ...['--baseline', '3s', '--edge', '1s', '--failure', '3s'],
    )
    assert.equal(outcomeOf(report, 'nothing').lost, 0)
    const live = outcomeOf(report, 'live-migration')
    const cold = outcomeOf(report, 'cold-move')
    assert.ok(cold.lost! > 3, `${cold.lost} lost`)
    // A cold move has a boot in it, however fast the machine is.
    const [moved, booted] = [live.longestSilenceMs!, cold.longestSilenceMs!]
    assert.ok(moved < booted, `a live migration was silent for ${moved} ms, a cold move for ${booted} ms`)
    const failure = outcomeOf(report, 'service-failure').longestSilenceMs!
    assert.ok(failure >= 2_800 && failure < 120_000, `${failure} ms`)
  })

  test('a download and a load during a live migration: nothing breaks', async () => {
    const report = await drill(
      ...['--measure', 'transfer,load', '--during', 'live-migration', '--runs', '1'],
      ...['--path', '/bytes/104857600', '--requests', '1500'],
    )
    const [transfer, load] = report.runs.map(({ outcome }) => outcome)
    const seen = `${JSON.stringify(report.runs)}\n${cluster.lastWords()}`
    assert.deepEqual([transfer!.broken, transfer!.bytes], [false, transfer!.downloads! * 104_857_600], seen)
    const { lost, broken, duplicated, answered } = load!
    assert.deepEqual(
      { lost, broken, duplicated, answered },
      { lost: 0, broken: 0, duplicated: 0, answered: 1_500 },
      seen,
    )
  })

  test('a power cut: the guest comes up elsewhere, the host gets its power back, the guest goes home', async () => {
    const report = await drill('--during', 'power-cut', '--runs', '1', '--edge', '1s')
    const { lost, longestSilenceMs } = outcomeOf(report, 'power-cut')
    assert.ok(lost! >= 3 && longestSilenceMs! < 180_000, `${lost} lost, ${longestSilenceMs} ms`)
    await allWell()
  })

  test('what must not begin is refused with every reason', async () => {
    const refused = await cluster.vigia(first, ['drill', 'run', 'nobody', '--during', 'reboot'])
    assert.equal(refused.status, 1)
    assert.match(refused.stderr, /no guest is called nobody/)
    const [home] = placesOf()
    const there = cluster.member(home!)
    const cut = await cluster.vigia(there, ['drill', 'run', 'web', '--during', 'power-cut'])
    assert.equal(cut.status, 1)
    assert.match(cut.stderr, new RegExp(`${home} is the host that measures`))
  })

  test('its daemon is killed in the middle: the next life undoes it and says so', async () => {
    await allWell()
    const home = placesOf()
    // On a machine as busy as this a daemon may take longer to start again than its watchdog waits.
    await cluster.must(first, ['disarm'])
    await eventually('no watchdog is armed', limitMs, async () => {
      const { hosts } = await first.client.status()
      return hosts.every(({ member }) => member?.watchdog === 'none')
    })
    const words = [
      'drill',
      'run',
      'web',
      '--during',
      'reboot',
      '--runs',
      '5',
      '--edge',
      '1s',
      '--no-wait',
      '-o',
      'json',
    ]
    const { drill: id } = JSON.parse(await cluster.must(first, words)) as { drill: string }
    await until('the guest goes down', limitMs, async () => placesOf().length === 0, 10)
    const second = await cluster.vigia(cluster.members[1]!, ['drill', 'run', 'web'])
    assert.match(second.stderr, new RegExp(`drill ${id} is under way on h1`))
    await first.vigiad.kill()
    await first.vigiad.start()
    await until('the drill is cleared up', limitMs, async () => {
      const { running } = await first.client.drills().catch(() => ({ running: {} }))
      return running === null
    })
    const { drill: result } = await first.client.drill(id)
    const ended = [result.stopped, result.restore]
    assert.deepEqual(ended, [{ code: 'interrupted', host: 'h1' }, { kind: 'restored' }], cluster.lastWords())
    await eventually('the guest is ready again where it was', limitMs, async () => {
      const { guests } = await first.client.status()
      return guests[0]?.phase.kind === 'ready' && placesOf().join() === home.join()
    }).catch((error: unknown) => assert.fail(`${String(error)}\n${placesOf().join()}\n${cluster.lastWords()}`))
  })
})
